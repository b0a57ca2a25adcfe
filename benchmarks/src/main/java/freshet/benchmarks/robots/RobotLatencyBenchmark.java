package freshet.benchmarks.robots;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.client.RobotLink;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import freshet.jobs.SeparateProcess;
import freshet.jobs.TopicReader;
import freshet.jobs.Topics;
import freshet.schemas.AvroCodec;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From an observation to its action through Kafka and Flink while the model learns from all robots.
 * Robots and broker are in this process, the job in another.
 */
@Command(
        name = "robot-latency",
        mixinStandardHelpOptions = true,
        description =
                "Observation-to-action latency and deadline misses through Kafka and the whole job"
                        + " while its learner trains without a pause; robot-loop is the floor under"
                        + " it. A deadline is a period.")
public final class RobotLatencyBenchmark implements Callable<Integer> {

    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms");

    @Option(names = "--robots", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> robots = List.of(1, 20, 200);

    @Option(names = "--hz", description = "Steps of each a second; default ${DEFAULT-VALUE}.")
    private double hertz = 20;

    @Option(names = "--pixels", description = "Side of a picture; default ${DEFAULT-VALUE}.")
    private int pixels = 24;

    @Option(
            names = "--updates-a-second",
            description =
                    "That robots' steps would set off; above what the learner can do it never"
                            + " waits; default ${DEFAULT-VALUE}.")
    private double updates = 20;

    @Option(
            names = "--warm-up",
            description = "Seconds of learning before those measured; default ${DEFAULT-VALUE}.")
    private int warmUp = 30;

    @Option(names = "--seconds", description = "That are measured; default ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(names = "-D", description = "Options of the job over those of this measurement.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    private Table table;

    @Override
    public Integer call() throws Exception {
        Logs.silent();
        System.out.println(Machine.line());
        table = RobotTraffic.table();
        List<String> notes = new ArrayList<>();
        for (int count : robots) {
            Path folder = Files.createTempDirectory("robot-latency");
            try (var broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
                measure(broker, folder, count, notes);
            }
        }
        notes.forEach(System.out::println);
        return 0;
    }

    private void measure(EmbeddedKafka broker, Path folder, int count, List<String> notes)
            throws IOException {
        var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
        Path pauses = folder.resolve("gc");
        List<String> options = new ArrayList<>(SeparateProcess.FLINK_OPENS);
        options.addAll(List.of("-Xmx1g", "-Xlog:gc:file=" + pauses));
        Map<String, String> settings = settings(broker, count);
        kafka.createTopics(Topics.of(Configuration.fromMap(settings), 1));
        List<String> run =
                new ArrayList<>(List.of("run", "--folder", folder.resolve("run").toString()));
        settings.forEach((key, value) -> run.add("-D" + key + "=" + value));
        try (var job = SeparateProcess.start(options, run, folder.resolve("job"))) {
            var topics = new RobotLink.Topics("observations.robot", "actions.robot", "control");
            try (var traffic = new RobotTraffic(kafka, topics, count, hertz, pixels)) {
                while (traffic.answered() == 0) { // the job is still starting
                    mustBeAlive(job);
                    traffic.run((long) hertz);
                }
                while (learned(kafka) == 0) { // too few steps are there
                    mustBeAlive(job);
                    traffic.run((long) hertz);
                }
                traffic.run((long) (warmUp * hertz));
                long learnedBefore = learned(kafka);
                int pausesBefore = Files.readAllLines(pauses).size();
                traffic.measure((long) (seconds * hertz), table);
                notes.add(
                        "%d robots: %.1f updates a second; pauses of the job's garbage collector: %s"
                                .formatted(
                                        count,
                                        (learned(kafka) - learnedBefore) / (double) seconds,
                                        pauses(pauses, pausesBefore)));
            }
            mustBeAlive(job);
        }
    }

    private Map<String, String> settings(EmbeddedKafka broker, int count) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
        settings.put("pipeline", "robots");
        settings.put("robots.pixels", String.valueOf(pixels));
        settings.put(
                "robots.steps-an-update",
                String.valueOf(Math.max(1, Math.round(count * hertz / updates))));
        settings.put("stream.max-sources", String.valueOf(Math.max(64, 2 * count)));
        settings.put("delivery.models", "at-least-once");
        settings.put("delivery.others", "at-least-once");
        settings.putAll(overrides);
        return settings;
    }

    private static void mustBeAlive(SeparateProcess job) {
        if (!job.isAlive()) {
            throw new IllegalStateException(
                    "the job ended with %d, see %s".formatted(job.exitValue(), job.output()));
        }
    }

    /** Updates that the learner's telemetry tells of. */
    private static long learned(KafkaAccess kafka) {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        long[] step = {0};
        new TopicReader(kafka, "telemetry")
                .toTheEnd(
                        record -> {
                            Telemetry one = codec.decodeOwn(record.value());
                            for (Measurement point : one.getMeasurements()) {
                                if (point.getName().equals("worldGradientNorm")) {
                                    step[0] = Math.max(step[0], one.getNumber());
                                }
                            }
                            return true;
                        });
        return step[0];
    }

    private static String pauses(Path file, int from) throws IOException {
        List<String> lines = Files.readAllLines(file);
        double sum = 0;
        double longest = 0;
        int number = 0;
        for (String line : lines.subList(from, lines.size())) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                double millis = Double.parseDouble(pause.group(1));
                sum += millis;
                longest = Math.max(longest, millis);
                number++;
            }
        }
        return "%d, %.0f ms in all, the longest %.1f ms".formatted(number, sum, longest);
    }
}
