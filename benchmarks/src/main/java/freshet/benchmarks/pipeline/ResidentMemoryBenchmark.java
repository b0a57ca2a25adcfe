package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.jobs.CommandFailure;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.commands.TextPublisher;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Resident memory of the text pipeline in a process of its own, over its whole run: what it holds
 * after the warm-up and at the end. It reads the demo's corpus, as often as that takes. The Java
 * heap is resident as a whole from the start, so that what grows is something else. Reads {@code
 * /proc}, so Linux only.
 */
@Command(
        name = "resident-memory",
        mixinStandardHelpOptions = true,
        description =
                "Runs the text pipeline for so long and prints the curve of its resident memory.")
public final class ResidentMemoryBenchmark implements Callable<Integer> {

    private static final List<String> BOOKS =
            List.of(
                    "melville-moby-dick",
                    "chesterton-brown",
                    "chesterton-thursday",
                    "austen-persuasion",
                    "bible-kjv");
    private static final long MIB = 1 << 10; // of the KiB that /proc counts in

    @Option(names = "--minutes", description = "Default ${DEFAULT-VALUE}.")
    private double minutes = 60;

    @Option(
            names = "--warm-up-minutes",
            description = "Left out of the comparison; default ${DEFAULT-VALUE}.")
    private double warmUpMinutes = 10;

    @Option(names = "--every-seconds", description = "Between samples; default ${DEFAULT-VALUE}.")
    private int everySeconds = 30;

    @Option(names = "--heap-mib", description = "Of the pipeline; default ${DEFAULT-VALUE}.")
    private int heapMib = 1536;

    @Option(
            names = "--corpora",
            description = "How often the corpus is published; default ${DEFAULT-VALUE}.")
    private int corpora = 3;

    /**
     * One look.
     *
     * @param residentMib all of it
     * @param anonymousMib without mapped files, such as Kafka's indexes, which the system may take
     *     back
     */
    private record Sample(double minutes, long residentMib, long anonymousMib) {}

    private Table table;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("freshet-memory");
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            publish(kafka);
            Process job = start(broker.bootstrapServers(), folder);
            System.out.printf("%s; %d MiB of it are the Java heap%n%n", Machine.line(), heapMib);
            table =
                    Table.start(
                            "minutes",
                            "| minutes | resident MiB | without mapped files | predictions |");
            List<Sample> samples = watch(job, kafka);
            boolean ranToTheEnd = job.isAlive(); // else it has failed
            job.destroy();
            job.waitFor();
            System.out.println(Files.readString(folder.resolve("job.txt")));
            summarise(samples);
            return ranToTheEnd ? 0 : 1;
        }
    }

    private void publish(KafkaAccess kafka) throws IOException {
        String topic = FreshetOptions.TEXT_TOPIC.defaultValue();
        kafka.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())));
        TextStream corpus = TextStream.of(BOOKS, 1024, Long.MAX_VALUE);
        long eventTime = 0;
        for (int time = 0; time < corpora; time++) {
            for (String book : BOOKS) {
                try (var publisher = new TextPublisher(kafka, topic, book + "/" + time, 0)) {
                    for (TextStream.Text text : corpus.texts()) {
                        if (text.source().equals(book)) {
                            publisher.send(text.bytes(), ++eventTime);
                        }
                    }
                    publisher.flush();
                }
            }
        }
    }

    private Process start(String servers, Path folder) throws IOException {
        return new ProcessBuilder(
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
                        "run",
                        "-D" + FreshetOptions.BOOTSTRAP_SERVERS.key() + "=" + servers,
                        "--folder",
                        folder.resolve("job").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("job.txt").toFile())
                .start();
    }

    /** Until the time is over or the job has ended. */
    private List<Sample> watch(Process job, KafkaAccess kafka) throws InterruptedException {
        List<Sample> samples = new ArrayList<>();
        Instant start = Instant.now();
        double at = 0;
        while (at < minutes && !job.waitFor(everySeconds, TimeUnit.SECONDS)) {
            at = Duration.between(start, Instant.now()).toMillis() / 60_000.0;
            var sample =
                    new Sample(
                            at,
                            Machine.memoryKib(job.pid(), "VmRSS") / MIB,
                            Machine.memoryKib(job.pid(), "RssAnon") / MIB);
            if (sample.residentMib() > 0) {
                samples.add(sample);
                table.row(
                        "| %.1f | %d | %d | %d |",
                        sample.minutes(),
                        sample.residentMib(),
                        sample.anonymousMib(),
                        predictions(kafka));
            }
        }
        return samples;
    }

    /** That there are more each time shows that the job works. */
    private static long predictions(KafkaAccess kafka) {
        try {
            return kafka.written(FreshetOptions.PREDICTIONS_TOPIC.defaultValue());
        } catch (CommandFailure e) {
            return 0; // the job has not made its topics yet
        }
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
}
