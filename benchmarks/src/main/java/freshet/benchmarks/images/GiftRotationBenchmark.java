package freshet.benchmarks.images;

import freshet.benchmarks.EngineOption;
import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ShiftScaleTurn;
import freshet.pipelines.ImageOptions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Self-training on turning pictures: five methods, with and without angles between. */
@Command(
        name = "gift-rotation",
        mixinStandardHelpOptions = true,
        description = "Accuracy on turning pictures without labels: five methods, several seeds.")
public final class GiftRotationBenchmark implements Callable<Integer> {

    @Mixin private EngineOption engineOption = new EngineOption();

    @Option(
            names = "--seeds",
            split = ",",
            description =
                    "Seeds; default ${DEFAULT-VALUE}. 1 to 9 were used for tuning: report others.")
    private List<Long> seeds = List.of(11L, 12L, 13L, 14L, 15L);

    @Option(
            names = "--at-once",
            split = ",",
            description = "Degrees of setting (b), no angle between; default ${DEFAULT-VALUE}.")
    private List<Integer> atOnce = List.of(20, 30, 40, 50, 60);

    @Option(
            names = "--gradual",
            split = ",",
            description = "Degrees of setting (a), a slow turn; default ${DEFAULT-VALUE}.")
    private List<Integer> gradual = List.of(60);

    @Option(
            names = "--methods",
            split = ",",
            description = "Which of ${COMPLETION-CANDIDATES}; default all.")
    private List<RotationMethod> methods = List.of(RotationMethod.values());

    @Option(names = "--events", description = "Target pictures of a run; default ${DEFAULT-VALUE}.")
    private int events = 38_400;

    @Option(names = "--batch", description = "Of an update; default ${DEFAULT-VALUE}.")
    private int batch = 128;

    @Option(
            names = "--shift",
            description =
                    "Pixels that augmented pictures move by, at most; default ${DEFAULT-VALUE}.")
    private double shift = 4;

    @Option(
            names = "--scale",
            description = "Share that they grow or shrink by, at most; default ${DEFAULT-VALUE}.")
    private double scale = 0.2;

    @Option(
            names = "--turn",
            description =
                    "Degrees that they turn by, at most; default ${DEFAULT-VALUE}. Above 0 the models are"
                            + " told what the protocol asks them to find out.")
    private double turn;

    @Option(
            names = "--encoder",
            description =
                    "images.encoder: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. Features are"
                            + " not augmented.")
    private ImageOptions.Encoder encoder = ImageOptions.Encoder.NONE;

    @Option(names = "--encoder-file", description = "images.encoder-file.")
    private String encoderFile = "";

    @Option(names = "--encoder-layer", description = "images.encoder-layer.")
    private String encoderLayer = "";

    @Option(names = "--method", description = "NAME=VALUE changes a setting of the methods.")
    private Map<String, String> method = new TreeMap<>();

    @Option(names = "--rates", description = "NAME=VALUE changes a rate of the methods.")
    private Map<String, String> rates = new TreeMap<>();

    @Option(names = "--guard", description = "NAME=VALUE changes a threshold of the guard.")
    private Map<String, String> guard = new TreeMap<>();

    @Option(names = "--runs", description = "Also print each run as it ends, with telemetry.")
    private boolean runs;

    /** Results by setting and method, a result a seed. */
    private final Map<RotationProtocol.Setting, Map<RotationMethod, List<RotationProtocol.Result>>>
            results = new java.util.LinkedHashMap<>();

    @Override
    public Integer call() {
        TensorEngine engine = engineOption.start();
        System.out.println(Machine.line());
        System.out.printf(
                "seeds %s, %d target pictures a run, %d an update; augmented by %s pixels, %s of the size, %s"
                        + " degrees; changes to the defaults: method %s, rates %s, guard %s%n",
                seeds, events, batch, shift, scale, turn, method, rates, guard);
        FeatureEncoder encoding = encoding();
        System.out.println(
                encoding == null ? "no encoder" : "encoder %s".formatted(encoding.identity()));
        var settings = new ArrayList<RotationProtocol.Setting>();
        atOnce.forEach(degrees -> settings.add(new RotationProtocol.Setting(false, degrees)));
        gradual.forEach(degrees -> settings.add(new RotationProtocol.Setting(true, degrees)));
        var augmentation =
                new ShiftScaleTurn(
                        RotationProtocol.SIDE, RotationProtocol.SIDE, shift, scale, turn);
        Map<Long, RotationProtocol> protocols = new TreeMap<>();
        for (var setting : settings) {
            for (long seed : seeds) {
                var protocol =
                        protocols.computeIfAbsent(
                                seed, s -> learned(engine, s, augmentation, encoding));
                for (RotationMethod one : methods) {
                    RotationProtocol.Result result =
                            protocol.run(one, setting, config(one, setting, protocol));
                    results.computeIfAbsent(setting, s -> new EnumMap<>(RotationMethod.class))
                            .computeIfAbsent(one, m -> new ArrayList<>())
                            .add(result);
                    if (runs) {
                        print(seed, setting, one, result);
                    }
                }
            }
        }
        printTable("held-out accuracy, %", RotationProtocol.Result::heldOut);
        printTable("prequential accuracy, %", RotationProtocol.Result::prequential);
        printTable(
                "prequential accuracy of the last 20 % of the stream, %",
                RotationProtocol.Result::last);
        printGains();
        return 0;
    }

    private FeatureEncoder encoding() {
        var config = new Configuration();
        config.set(ImageOptions.ENCODER, encoder);
        config.set(ImageOptions.ENCODER_FILE, encoderFile);
        config.set(ImageOptions.ENCODER_LAYER, encoderLayer);
        return ImageOptions.encoder(config, RotationProtocol.FORM);
    }

    private RotationProtocol learned(
            TensorEngine engine, long seed, ShiftScaleTurn augmentation, FeatureEncoder encoding) {
        var protocol =
                encoding == null
                        ? new RotationProtocol(engine, seed, events, batch, augmentation)
                        : new RotationProtocol(engine, seed, events, batch, encoding);
        protocol.learnSource();
        return protocol;
    }

    private SelfTrainingConfig config(
            RotationMethod one, RotationProtocol.Setting setting, RotationProtocol protocol) {
        var standard = SelfTrainingConfig.defaults(one.method(protocol.events()), 0);
        return new SelfTrainingConfig(
                standard.source(),
                RecordOverrides.with(standard.method(), method),
                RecordOverrides.with(one.rates(setting.gradual()), rates),
                RecordOverrides.with(standard.guard(), guard),
                standard.reservoirPerClass(),
                standard.seed());
    }

    private static void print(
            long seed,
            RotationProtocol.Setting setting,
            RotationMethod method,
            RotationProtocol.Result result) {
        var telemetry = new StringBuilder();
        result.telemetry()
                .forEach((name, value) -> telemetry.append(" %s %.3f".formatted(name, value)));
        System.out.printf(
                "seed %d %s %s: held-out %.1f, prequential %.1f, last %.1f, %.0f events/s;%s%n",
                seed,
                setting,
                method.title(),
                100 * result.heldOut(),
                100 * result.prequential(),
                100 * result.last(),
                result.eventsPerSecond(),
                telemetry);
    }

    private void printTable(String title, ToDoubleFunction<RotationProtocol.Result> score) {
        System.out.printf("%n%s: mean and standard deviation%n%n", title);
        var columns = new StringBuilder("setting");
        methods.forEach(one -> columns.append(" | ").append(one.title()));
        Table table = Table.start(title, columns.toString());
        results.forEach(
                (setting, byMethod) -> {
                    var row = new StringBuilder(setting.toString());
                    byMethod.forEach(
                            (one, list) -> {
                                double[] values = list.stream().mapToDouble(score).toArray();
                                row.append(" | ").append(Spread.percent(values));
                            });
                    table.row("%s", row);
                });
    }

    /** Differences seed by seed: what a mean of each hides. */
    private void printGains() {
        System.out.printf("%nheld-out points of GIFT above, seed by seed%n%n");
        Table table = Table.start("gains", "| setting | IST | balanced IST |");
        results.forEach(
                (setting, byMethod) -> {
                    if (byMethod.keySet()
                            .containsAll(
                                    List.of(
                                            RotationMethod.GIFT,
                                            RotationMethod.SELF_TRAINING,
                                            RotationMethod.BALANCED))) {
                        table.row(
                                "| %s | %s | %s |",
                                setting,
                                gains(byMethod, RotationMethod.SELF_TRAINING),
                                gains(byMethod, RotationMethod.BALANCED));
                    }
                });
    }

    private static String gains(
            Map<RotationMethod, List<RotationProtocol.Result>> byMethod, RotationMethod over) {
        List<RotationProtocol.Result> better = byMethod.get(RotationMethod.GIFT);
        List<RotationProtocol.Result> worse = byMethod.get(over);
        double[] gains = new double[better.size()];
        var each = new StringBuilder();
        for (int i = 0; i < gains.length; i++) {
            gains[i] = better.get(i).heldOut() - worse.get(i).heldOut();
            each.append(String.format(Locale.ROOT, " %+.1f", 100 * gains[i]));
        }
        return String.format(
                Locale.ROOT, "mean %+.1f:%s", 100 * Spread.mean(gains), each.toString());
    }
}
