package freshet.benchmarks.stability;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import freshet.jobs.SeparateProcess;
import freshet.jobs.Topics;
import freshet.learners.Measurement;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From the step at which a model breaks to the alert that says so, through Kafka and the whole job
 * of the watch: default rules, remedies, webhook left out. Telemetry and readers are in this
 * process, the job in another.
 */
@Command(
        name = "alert-latency",
        mixinStandardHelpOptions = true,
        description =
                "Milliseconds from a report that is sent to the alert about it, for readers that"
                        + " wait for the transaction and for such that do not. One report in so"
                        + " many is broken and opens an incident, which the next ones end.")
public final class AlertLatencyBenchmark implements Callable<Integer> {

    private static final String RULE = "NONFINITE";
    private static final long TICK_NANOS = 5_000_000;
    private static final double MILLION = 1e6;

    @Option(names = "--reports", description = "A second; default ${DEFAULT-VALUE}.")
    private int reports = 50;

    @Option(
            names = "--every",
            description = "Reports from one broken one to the next; default ${DEFAULT-VALUE}.")
    private int every = 20;

    @Option(
            names = "--warm-up",
            description = "Seconds before those measured; default ${DEFAULT-VALUE}.")
    private int warmUp = 20;

    @Option(names = "--seconds", description = "That are measured; default ${DEFAULT-VALUE}.")
    private int seconds = 60;

    /** What a job is set to; names of options and values, and what the table says. */
    private record Setting(String words, Map<String, String> options) {}

    private static final List<Setting> SETTINGS =
            List.of(
                    new Setting("as shipped: checkpoints every 10 s, buffers of 100 ms", Map.of()),
                    new Setting(
                            "checkpoints every 1 s",
                            Map.of("execution.checkpointing.interval", "1 s")),
                    new Setting(
                            "checkpoints every 1 s, buffers of 5 ms",
                            Map.of(
                                    "execution.checkpointing.interval",
                                    "1 s",
                                    "execution.buffer-timeout.interval",
                                    "5 ms")),
                    new Setting(
                            "delivery.others=at-least-once, buffers of 5 ms",
                            Map.of(
                                    "delivery.others",
                                    "at-least-once",
                                    "execution.buffer-timeout.interval",
                                    "5 ms")));

    private Table table;

    @Override
    public Integer call() throws Exception {
        Logs.silent();
        System.out.println(Machine.line());
        System.out.printf(
                "%d reports a second of %d points, one in %d broken%n%n",
                reports, WatchSpeedBenchmark.report(0, 3, 4).points().size(), every);
        table = Table.start("job", "| job | reader | alerts | p50, ms | p99, ms | longest, ms |");
        for (Setting setting : SETTINGS) {
            Path folder = Files.createTempDirectory("alert-latency");
            try (var broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
                measure(broker, folder, setting);
            }
        }
        return 0;
    }

    private void measure(EmbeddedKafka broker, Path folder, Setting setting) throws Exception {
        var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
        Map<String, String> options = new LinkedHashMap<>(setting.options());
        options.put("kafka.bootstrap-servers", broker.bootstrapServers());
        options.put("stability.rules", rules(folder).toString());
        kafka.createTopics(Topics.of(Configuration.fromMap(options), 1));
        List<String> run =
                new ArrayList<>(List.of("run", "--branches", "watch", "--folder", folder + "/run"));
        options.forEach((key, value) -> run.add("-D" + key + "=" + value));
        List<String> java = new ArrayList<>(SeparateProcess.FLINK_OPENS);
        java.add("-Xmx1g");
        Map<Long, Long> sent = new ConcurrentHashMap<>(); // broken report: when, nanoseconds
        AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
        AvroCodec<Alert> alerts = AvroCodec.of(Alert.class);
        AvroCodec<Alert> committedAlerts = AvroCodec.of(Alert.class);
        try (var job = SeparateProcess.start(java, run, folder.resolve("job"));
                var own =
                        new LatencyReader(
                                kafka,
                                "telemetry",
                                "read_uncommitted",
                                sent,
                                value -> telemetry.decodeOwn(value).getNumber());
                var atOnce =
                        new LatencyReader(
                                kafka,
                                "alerts",
                                "read_uncommitted",
                                sent,
                                value -> opened(alerts.decodeOwn(value)));
                var committed =
                        new LatencyReader(
                                kafka,
                                "alerts",
                                "read_committed",
                                sent,
                                value -> opened(committedAlerts.decodeOwn(value)))) {
            long number = 0;
            while (atOnce.size() == 0) { // the job is still starting
                mustBeAlive(job);
                number = send(kafka, sent, number, reports);
            }
            number = send(kafka, sent, number, (long) warmUp * reports);
            long first = number + 1;
            long last = send(kafka, sent, number, (long) seconds * reports);
            for (LatencyReader reader : List.of(own, atOnce, committed)) {
                reader.awaitAll(first, last);
            }
            mustBeAlive(job);
            print(setting, "of the reports themselves", own.nanos(first, last));
            print(setting, "read_uncommitted", atOnce.nanos(first, last));
            print(setting, "read_committed", committed.nanos(first, last));
        }
    }

    /** The default rules, but that one opens and ends quickly again. */
    private static Path rules(Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("rules.yaml"),
                """
                extends: default
                rules:
                  %s: {coolDown: 0, clearFor: 3}
                """
                        .formatted(RULE));
    }

    /** Number of the report that opened the incident; -1 if it is another alert. */
    private static long opened(Alert alert) {
        return alert.getRule().equals(RULE) && !alert.getResolved() ? alert.getNumber() : -1;
    }

    /** Sends so many reports at the rate of this measurement; returns the number of the last. */
    private long send(KafkaAccess kafka, Map<Long, Long> sent, long before, long count) {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        long start = System.nanoTime();
        long number = before;
        try (var producer = kafka.producer()) {
            while (number < before + count) {
                double due = (System.nanoTime() - start) / 1e9 * reports;
                while (number < before + count && number - before < due) {
                    number++;
                    byte[] value = codec.encode(telemetry(number));
                    if (isBroken(number)) {
                        sent.put(number, System.nanoTime());
                    }
                    var unused = producer.send(new ProducerRecord<>("telemetry", null, value));
                }
                LockSupport.parkNanos(TICK_NANOS);
            }
        }
        return number;
    }

    private boolean isBroken(long number) {
        return number % every == 0;
    }

    private Telemetry telemetry(long number) {
        List<freshet.schemas.Measurement> points = new ArrayList<>();
        for (Measurement one : WatchSpeedBenchmark.report(number, 3, 4).points()) {
            double factor = isBroken(number) && one.name().equals("lossNats") ? Double.NaN : 1;
            points.add(
                    new freshet.schemas.Measurement(
                            one.name(),
                            one.layer(),
                            one.head(),
                            one.count(),
                            one.sum() * factor,
                            one.min() * factor,
                            one.max() * factor));
        }
        return new Telemetry(
                "text", "learner", number, System.currentTimeMillis(), points, List.of(), 0);
    }

    private static void mustBeAlive(SeparateProcess job) {
        if (!job.isAlive()) {
            throw new IllegalStateException(
                    "the job ended with %d, see %s".formatted(job.exitValue(), job.output()));
        }
    }

    private void print(Setting setting, String reader, double[] sorted) {
        table.row(
                "| %s | %s | %d | %.0f | %.0f | %.0f |",
                setting.words(),
                reader,
                sorted.length,
                quantile(sorted, 0.5),
                quantile(sorted, 0.99),
                quantile(sorted, 1));
    }

    /** The least value that so large a share of them does not exceed. */
    private static double quantile(double[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, index)] / MILLION;
    }
}
