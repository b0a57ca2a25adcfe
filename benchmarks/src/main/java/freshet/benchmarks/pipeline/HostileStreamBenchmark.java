package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.images.DecoderTally;
import freshet.benchmarks.images.HostileImages;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.LabelledImages;
import freshet.learners.vision.UnreadableImageException;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Damaged and malicious pictures through the whole pipeline, each behind a sound one: all that
 * cannot be read must be among the dead letters, with the bytes that came and the decoder's reason;
 * all others must be answered; and the job must neither stop nor grow.
 */
@Command(
        name = "hostile-stream",
        mixinStandardHelpOptions = true,
        description =
                "Streams hostile pictures between sound ones: dead letters, answers, images a"
                        + " second, memory; fails if anything is lost.")
public final class HostileStreamBenchmark implements Callable<Integer> {

    private static final int LOOKS = 10; // at the memory

    @Option(names = "--images", description = "Hostile pictures; default ${DEFAULT-VALUE}.")
    private int images = 100_000;

    @Option(names = "--seed", description = "Of the damage; default ${DEFAULT-VALUE}.")
    private long seed = 11;

    @Option(names = "-D", description = "KEY=VALUE sets an option of the pipeline.")
    private Map<String, String> overrides = Map.of();

    private final Path folder;

    public HostileStreamBenchmark() throws IOException {
        folder = Files.createTempDirectory("freshet-hostile-stream");
    }

    /** Records that lie together in the dead letters, whatever their order. */
    private static final class Letters {
        final Map<String, Integer> reasons = new TreeMap<>();
        int count;
        long checksums;

        void add(String reason, byte[] value) {
            var checksum = new CRC32();
            checksum.update(value);
            checksums += checksum.getValue();
            count++;
            reasons.merge(reason, 1, Integer::sum);
        }
    }

    private Table table;

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.line());
        Map<String, String> options = new TreeMap<>(overrides);
        options.put(FreshetOptions.PIPELINE.key(), FreshetOptions.Pipeline.IMAGES.name());
        options.put(FreshetOptions.BOUNDED.key(), "true");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
                var run = new PipelineRun(kafka, "hostile", folder, options)) {
            Letters expected = publish(run);
            int readable = 2 * images - expected.count;
            System.out.printf(
                    "%,d hostile pictures, each behind a sound one: %,d cannot be read%n%n",
                    images, expected.count);
            table =
                    Table.start(
                            "dead letters",
                            "| dead letters | heap used, MB | resident MB without mapped files |");
            run.start(StreamJob.Branches.BOTH);
            Letters found = follow(run, expected.count);
            List<Long> served = run.predictionTimes(readable);
            PipelineRun.Learned learned = run.learned();
            long first = Math.min(served.get(0), learned.firstMillis());
            long last = Math.max(served.get(served.size() - 1), learned.lastMillis());
            System.out.printf(
                    "%n%.0f images/s, half of them hostile; %,d answered, %,d updates%n%n",
                    2_000.0 * images / (last - first), served.size(), learned.updates());
            table = Table.start("reason", "| reason | dead letters | expected |");
            expected.reasons.forEach(
                    (reason, count) ->
                            table.row(
                                    "| %s | %,d | %,d |",
                                    reason, found.reasons.getOrDefault(reason, 0), count));
            boolean whole =
                    found.reasons.equals(expected.reasons)
                            && found.checksums == expected.checksums
                            && run.deadLetters().values().stream().mapToInt(n -> n).sum()
                                    == expected.count;
            System.out.println(
                    whole
                            ? "\nevery one of them is there, with the bytes that came"
                            : "\nSOMETHING IS LOST OR CHANGED: " + found.reasons);
            return whole ? 0 : 1;
        }
    }

    /** Writes all, and says what must come back as a dead letter. */
    private Letters publish(PipelineRun run) {
        LabelledImages clothes = FashionMnist.heldOut();
        var hostile = new HostileImages(clothes, seed);
        var decoder = new ImageDecoder(ImageLimits.defaults());
        var form = new ImageForm(1, clothes.height(), clothes.width());
        var expected = new Letters();
        try (var topics = new ImageTopics(run)) {
            for (int i = 0; i < images; i++) {
                int picture = i % clothes.size();
                var sound = hostile.get(HostileImages.Kind.SOUND, picture).image();
                topics.image(2L * i, sound);
                if (i < images / 4) {
                    topics.label(2L * i, clothes.labels()[picture], 2L * i);
                }
                EncodedImage damaged = hostile.hostile(i).image();
                byte[] value = topics.image(2L * i + 1, damaged);
                try {
                    form.of(decoder.decode(damaged));
                } catch (UnreadableImageException e) {
                    expected.add(DecoderTally.reason(e.getMessage()), value);
                }
            }
        }
        return expected;
    }

    private Letters follow(PipelineRun run, int count) {
        var found = new Letters();
        new TopicReader(run.kafka(), run.config().get(FreshetOptions.DEAD_LETTERS_TOPIC))
                .follow(
                        true,
                        record -> {
                            found.add(
                                    DecoderTally.reason(header(record, "freshet.detail")),
                                    record.value());
                            if (found.count % Math.max(1, count / LOOKS) == 0) {
                                printMemory(found.count);
                            }
                            return found.count < count;
                        });
        return found;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private void printMemory(int count) {
        System.gc();
        double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        table.row(
                "| %,d | %.0f | %d |",
                count,
                heap / 1e6,
                Machine.memoryKib(ProcessHandle.current().pid(), "RssAnon") / 1_000);
    }
}
