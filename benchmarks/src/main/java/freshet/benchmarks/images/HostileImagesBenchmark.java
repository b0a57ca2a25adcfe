package freshet.benchmarks.images;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageLimits;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Damaged and malicious pictures against the decoder. */
@Command(
        name = "hostile-images",
        mixinStandardHelpOptions = true,
        description =
                "Decodes damaged and malicious pictures: reasons, speed, memory; fails if anything"
                        + " but the one checked exception comes out.")
public final class HostileImagesBenchmark implements Callable<Integer> {

    private static final int CHUNK = 1_000; // images made before they are timed

    @Option(names = "--images", description = "Hostile pictures; default ${DEFAULT-VALUE}.")
    private int images = 100_000;

    @Option(names = "--seed", description = "Of the damage; default ${DEFAULT-VALUE}.")
    private long seed = 11;

    @Override
    public Integer call() {
        System.out.println(Machine.line());
        var source = new HostileImages(FashionMnist.heldOut(), seed);
        var decoder = new ImageDecoder(ImageLimits.defaults());
        var warmUp = new DecoderTally(decoder);
        rate(source, warmUp, images / 10, 0.5);
        double soundRate = rate(source, new DecoderTally(decoder), images / 10, 0);
        var half = new DecoderTally(decoder);
        double halfRate = rate(source, half, images / 10, 0.5);
        var tally = new DecoderTally(decoder);
        printMemory("start");
        double rate = rate(source, tally, images / 2, 1);
        printMemory("middle");
        rate = (rate + rate(source, tally, images - images / 2, 1)) / 2;
        printMemory("end");
        System.out.printf(
                "%nimages/s, one thread: %.0f sound, %.0f half of them hostile, %.0f all hostile%n",
                soundRate, halfRate, rate);
        print(tally);
        return warmUp.escaped().isEmpty() && tally.escaped().isEmpty() && half.escaped().isEmpty()
                ? 0
                : 1;
    }

    /**
     * Decodes.
     *
     * @param hostileShare of the images, in [0, 1]
     * @return images in a second, the time that it takes to make them not counted
     */
    private double rate(HostileImages source, DecoderTally tally, int count, double hostileShare) {
        long nanos = 0;
        var chunk = new HostileImages.Item[CHUNK];
        long first = tally.given().values().stream().mapToInt(Integer::intValue).sum();
        for (int at = 0; at < count; at += CHUNK) {
            int size = Math.min(CHUNK, count - at);
            for (int i = 0; i < size; i++) {
                long index = first + at + i;
                chunk[i] =
                        index % 100 < 100 * hostileShare
                                ? source.hostile(index)
                                : source.get(HostileImages.Kind.SOUND, index);
            }
            long start = System.nanoTime();
            for (int i = 0; i < size; i++) {
                tally.add(chunk[i]);
            }
            nanos += System.nanoTime() - start;
        }
        return count / (nanos * 1e-9);
    }

    private static void printMemory(String when) {
        System.gc();
        double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.printf(
                "%s: heap used %.1f MB, resident %d kB%n",
                when, heap / 1e6, Machine.memoryKib(ProcessHandle.current().pid(), "VmRSS"));
    }

    private static void print(DecoderTally tally) {
        System.out.println();
        Table given = Table.start("given", "what was done | given | read all the same");
        tally.given()
                .forEach(
                        (kind, count) ->
                                given.row(
                                        "| %s | %,d | %,d |",
                                        kind.name()
                                                .toLowerCase(java.util.Locale.ROOT)
                                                .replace('_', ' '),
                                        count,
                                        tally.read().getOrDefault(kind, 0)));
        System.out.println();
        Table refused = Table.start("refused", "refused because | images");
        tally.reasons().forEach((reason, count) -> refused.row("| %s | %,d |", reason, count));
        System.out.printf(
                "%ncame out of the decoder besides UnreadableImageException: %s%n",
                tally.escaped().isEmpty() ? "nothing" : tally.escaped());
    }
}
