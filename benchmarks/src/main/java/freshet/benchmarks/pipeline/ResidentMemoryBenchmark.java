package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Resident memory of a demo in a process of its own, over its whole run: what it holds after the
 * warm-up and at the end. The Java heap is resident as a whole from the start, so that what grows
 * is something else. Reads {@code /proc}, so Linux only.
 */
@Command(
        name = "resident-memory",
        mixinStandardHelpOptions = true,
        description = "Runs the demo for so long and prints the curve of its resident memory.")
public final class ResidentMemoryBenchmark implements Callable<Integer> {

    private static final long MIB = 1 << 10; // of the KiB that /proc counts in

    @Option(names = "--minutes", description = "Default ${DEFAULT-VALUE}.")
    private double minutes = 60;

    @Option(
            names = "--warm-up-minutes",
            description = "Left out of the comparison; default ${DEFAULT-VALUE}.")
    private double warmUpMinutes = 10;

    @Option(names = "--every-seconds", description = "Between samples; default ${DEFAULT-VALUE}.")
    private int everySeconds = 30;

    @Option(names = "--heap-mib", description = "Of the demo; default ${DEFAULT-VALUE}.")
    private int heapMib = 1536;

    /**
     * One look.
     *
     * @param residentMib all of it
     * @param anonymousMib without mapped files, such as Kafka's indexes, which the system may take
     *     back
     */
    private record Sample(double minutes, long residentMib, long anonymousMib) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("freshet-memory");
        Process demo =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-Xms" + heapMib + "m",
                                "-Xmx" + heapMib + "m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseParallelGC",
                                "--add-opens=java.base/java.util=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "--add-opens=java.base/java.time=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "freshet.jobs.Freshet",
                                "demo",
                                "--minutes",
                                String.valueOf(minutes),
                                "--folder",
                                folder.resolve("demo").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("demo.txt").toFile())
                        .start();
        List<Sample> samples = new ArrayList<>();
        Instant start = Instant.now();
        System.out.printf("%s; %d MiB of it are the Java heap%n%n", Machine.line(), heapMib);
        System.out.println("| minutes | resident MiB | without mapped files |");
        System.out.println("|---|---|---|");
        while (!demo.waitFor(everySeconds, TimeUnit.SECONDS)) {
            double at = Duration.between(start, Instant.now()).toMillis() / 60_000.0;
            var sample =
                    new Sample(
                            at, kib(demo.pid(), "VmRSS") / MIB, kib(demo.pid(), "RssAnon") / MIB);
            if (sample.residentMib() > 0) {
                samples.add(sample);
                System.out.printf(
                        "| %.1f | %d | %d |%n",
                        sample.minutes(), sample.residentMib(), sample.anonymousMib());
            }
        }
        System.out.println(Files.readString(folder.resolve("demo.txt")));
        summarise(samples);
        return demo.exitValue();
    }

    private void summarise(List<Sample> samples) {
        List<Sample> warm =
                samples.stream().filter(sample -> sample.minutes() >= warmUpMinutes).toList();
        if (warm.size() < 4) {
            System.out.println("too short to compare: fewer than four samples after the warm-up");
            return;
        }
        System.out.printf("after the warm-up of %.0f minutes:%n", warmUpMinutes);
        compare("resident", warm, Sample::residentMib);
        compare("without mapped files", warm, Sample::anonymousMib);
    }

    private static void compare(String what, List<Sample> warm, ToLongFunction<Sample> of) {
        double first = mean(warm.subList(0, warm.size() / 4), of);
        double last = mean(warm.subList(warm.size() - warm.size() / 4, warm.size()), of);
        System.out.printf(
                "%s: first quarter %.0f MiB, last quarter %.0f MiB, %+.1f %%%n",
                what, first, last, 100 * (last / first - 1));
    }

    private static double mean(List<Sample> samples, ToLongFunction<Sample> of) {
        return samples.stream().mapToLong(of).average().orElseThrow();
    }

    private static long kib(long pid, String what) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(what + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }
}
