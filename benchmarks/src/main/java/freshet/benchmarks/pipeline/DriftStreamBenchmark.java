package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.images.baselines.DriftBaselines;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.FashionMnist;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An abrupt shift within the stream, from Kafka to Kafka: which detectors find it after how many
 * records, and how the accuracy of the served answers recovers. Labels of the target come late and
 * are scored; only the models that say so learn them. Below stand what one would take from a
 * library of online learning ({@link DriftBaselines}), on the same pictures and labels.
 */
@Command(
        name = "drift-stream",
        mixinStandardHelpOptions = true,
        description = "Accuracy and alarms of the image pipeline where pictures turn at once.")
public final class DriftStreamBenchmark implements Callable<Integer> {

    private static final int SIDE = 28;
    private static final int WINDOW = 800;

    @Option(names = "--source", description = "Labelled pictures; default ${DEFAULT-VALUE}.")
    private int source = 12_800;

    @Option(names = "--before", description = "Without, before the shift; ${DEFAULT-VALUE}.")
    private int before = 12_800;

    @Option(names = "--after", description = "And after; default ${DEFAULT-VALUE}.")
    private int after = 25_600;

    @Option(names = "--degrees", description = "Of the shift; default ${DEFAULT-VALUE}.")
    private double degrees = 30;

    @Option(names = "--label-delay", description = "In pictures; default ${DEFAULT-VALUE}.")
    private int labelDelay = 500;

    @Option(names = "--seed", description = "Default ${DEFAULT-VALUE}.")
    private long seed = 11;

    @Option(names = "--baselines-only", description = "Without a pipeline.")
    private boolean baselinesOnly;

    @Option(names = "-D", description = "KEY=VALUE sets an option of the pipeline.")
    private Map<String, String> overrides = Map.of();

    /** How a model meets the shift. */
    private static final Map<String, Map<String, String>> RULES =
            new TreeMap<>(
                    Map.of(
                            "never learns", Map.of("adaptation.method", "none"),
                            "GIFT", Map.of("adaptation.method", "gift"),
                            "balanced", Map.of("adaptation.method", "balanced"),
                            "the same network, late labels",
                                    Map.of(
                                            "adaptation.method",
                                            "none",
                                            ImageOptions.LEARN_LATE.key(),
                                            "true"),
                            "balanced, on alarm only",
                                    Map.of(
                                            "adaptation.method",
                                            "balanced",
                                            "drift.rule",
                                            "adapt")));

    private final Path folder;
    private int[] labels;

    public DriftStreamBenchmark() throws IOException {
        folder = Files.createTempDirectory("freshet-drift-stream");
    }

    /** What one model said and reported. */
    private record Served(double[] accuracy, Map<String, Set<Long>> alarms) {}

    @Override
    public Integer call() throws IOException {
        if ((source + before) % WINDOW != 0) {
            throw new IllegalArgumentException(
                    "--source and --before are %d together, must be a multiple of %d"
                            .formatted(source + before, WINDOW));
        }
        System.out.println(Machine.line());
        System.out.printf(
                Locale.ROOT,
                "%,d labelled pictures, %,d without labels, then turned by %.0f degrees at once,"
                        + " %,d; labels %d pictures late; seed %d, changes %s%n%n",
                source,
                before,
                degrees,
                after,
                labelDelay,
                seed,
                overrides);
        Table table =
                Table.start(
                        "drift-stream",
                        "model | learns labels | last %,d before | first %,d after | last %,d | alarms: records since the shift"
                                .formatted(WINDOW, WINDOW, WINDOW));
        DriftSource stream = stream();
        if (!baselinesOnly) {
            servePipelines(table);
        }
        labels = labels(stream);
        new DriftBaselines(stream, labels, source, labelDelay)
                .run(
                        WINDOW,
                        (model, learnsAll, accuracy, starts) ->
                                row(table, model, learnsAll, accuracy, starts));
        return 0;
    }

    private void servePipelines(Table table) throws IOException {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            for (var rule : RULES.entrySet()) {
                Served served = serve(kafka, rule.getKey(), rule.getValue());
                boolean all = rule.getValue().containsKey(ImageOptions.LEARN_LATE.key());
                row(
                        table,
                        rule.getKey(),
                        all,
                        served.accuracy(),
                        sinceShift(served.alarms()).toString());
            }
        }
    }

    private int[] labels(DriftSource stream) {
        int[] all = new int[source + before + after];
        Arrays.setAll(all, i -> stream.get(i).label());
        return all;
    }

    private void row(
            Table table, String model, boolean learnsAll, double[] accuracy, String alarms) {
        int shift = (source + before) / WINDOW;
        table.row(
                "%s | %s | %.1f | %.1f | %.1f | %s",
                model,
                learnsAll ? "all, %d late".formatted(labelDelay) : "of the source",
                100 * accuracy[shift - 1],
                100 * accuracy[shift],
                100 * accuracy[accuracy.length - 1],
                alarms);
    }

    private DriftSource stream() {
        var schedule =
                new DriftSchedule(
                        List.of(
                                DriftSchedule.Stage.turns(0, 0, 5),
                                DriftSchedule.Stage.turns(source + before - 1L, 0, 5),
                                DriftSchedule.Stage.turns(source + before, degrees - 5, degrees)));
        return new DriftSource(FashionMnist.train(), schedule, seed);
    }

    private Map<String, List<Long>> sinceShift(Map<String, Set<Long>> alarms) {
        var since = new TreeMap<String, List<Long>>();
        alarms.forEach(
                (detector, at) ->
                        since.put(
                                detector,
                                at.stream().map(number -> number - source - before).toList()));
        return since;
    }

    private Served serve(EmbeddedKafka kafka, String name, Map<String, String> rule) {
        Map<String, String> options = new TreeMap<>(overrides);
        options.put(FreshetOptions.PIPELINE.key(), FreshetOptions.Pipeline.IMAGES.name());
        options.put(FreshetOptions.BOUNDED.key(), "true");
        options.put("serve.mode", "evaluation");
        options.putAll(rule);
        try (var run = new PipelineRun(kafka, name.replaceAll("\\W+", "-"), folder, options)) {
            publish(run);
            run.start(StreamJob.Branches.BOTH);
            return read(run);
        }
    }

    private void publish(PipelineRun run) {
        int all = source + before + after;
        DriftSource stream = stream();
        labels = new int[all];
        try (var topics = new ImageTopics(run)) {
            for (int i = 0; i < all; i++) {
                DriftSource.Item item = stream.get(i);
                labels[i] = item.label();
                topics.image(
                        i,
                        new EncodedImage(EncodedImage.Format.RAW, SIDE, SIDE, 1, 8, item.pixels()));
                if (i < source) {
                    topics.label(i, labels[i], i);
                } else if (i - labelDelay >= source) {
                    topics.label(i - labelDelay, labels[i - labelDelay], i);
                }
            }
        }
    }

    /** Waits for all answers and reads them and the alarms. */
    private Served read(PipelineRun run) {
        int all = labels.length;
        double[] right = new double[(all + WINDOW - 1) / WINDOW];
        double[] tests = new double[right.length];
        int[] answered = {0};
        AvroCodec<ImagePrediction> predictions = AvroCodec.of(ImagePrediction.class);
        new TopicReader(run.kafka(), FreshetOptions.predictionsTopic(run.config()))
                .follow(
                        true,
                        record -> {
                            ImagePrediction answer = PipelineRun.decode(predictions, record);
                            int number = (int) ImageTopics.number(answer.getEventTime());
                            if (answer.getIsTest()) {
                                boolean isRight = answer.getLabel() == labels[number];
                                right[number / WINDOW] += isRight ? 1 : 0;
                                tests[number / WINDOW]++;
                            }
                            return ++answered[0] < all;
                        });
        run.learned();
        var alarms = new TreeMap<String, Set<Long>>();
        AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
        new TopicReader(run.kafka(), run.config().get(FreshetOptions.TELEMETRY_TOPIC))
                .toTheEnd(
                        record -> {
                            Telemetry points = PipelineRun.decode(telemetry, record);
                            long number = ImageTopics.number(points.getEventTime());
                            for (Measurement point : points.getMeasurements()) {
                                String detector = detector(point);
                                if (!detector.isEmpty()) {
                                    alarms.computeIfAbsent(detector, none -> new TreeSet<>())
                                            .add(number);
                                }
                            }
                            return true;
                        });
        double[] accuracy = new double[right.length];
        Arrays.setAll(accuracy, window -> right[window] / tests[window]);
        return new Served(accuracy, alarms);
    }

    /** Who was alarmed; empty for nobody. */
    private static String detector(Measurement point) {
        if (point.getName().equals("driftAlarm") && point.getMax() > 0) {
            return switch (point.getHead()) {
                case 0 -> "Page-Hinkley on doubt";
                case 1 -> "ADWIN on doubt";
                default -> "KSWIN on features";
            };
        }
        return point.getName().startsWith("errorAlarm")
                ? point.getName().substring("errorAlarm".length()) + " on the error"
                : "";
    }
}
