package freshet.benchmarks.moons;

import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.learners.ModelArtifact;
import freshet.learners.selftraining.Classifier;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.pipelines.TensorOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Self-training on two moons that are turned: accuracy against angle, boundaries as a picture. */
@Command(
        name = "two-moons",
        mixinStandardHelpOptions = true,
        description =
                "Accuracy on two turned moons without labels, and the boundaries as a picture.")
public final class TwoMoonsBenchmark implements Callable<Integer> {

    private static final int GROUP = 1_000;

    @Option(
            names = "--seeds",
            split = ",",
            description =
                    "Seeds; default ${DEFAULT-VALUE}. 1 to 9 were used for tuning: report others.")
    private List<Long> seeds = List.of(11L, 12L, 13L, 14L, 15L);

    @Option(names = "--angles", split = ",", description = "Degrees; default ${DEFAULT-VALUE}.")
    private List<Integer> angles = List.of(15, 30, 45, 60, 75);

    @Option(names = "--events", description = "Target points of a run; default ${DEFAULT-VALUE}.")
    private int events = 38_400;

    @Option(
            names = "--methods",
            split = ",",
            description = "Which of ${COMPLETION-CANDIDATES}; default all.")
    private List<MoonsMethod> methods = List.of(MoonsMethod.values());

    @Option(names = "--method", description = "NAME=VALUE changes a setting of the methods.")
    private Map<String, String> method = new TreeMap<>();

    @Option(names = "--rates", description = "NAME=VALUE changes a rate of the methods.")
    private Map<String, String> rates = new TreeMap<>();

    @Option(
            names = "--picture",
            description = "PNG file to write, of the first seed; default ${DEFAULT-VALUE}.")
    private Path picture = Path.of("two-moons.png");

    private final Map<Integer, Map<MoonsMethod, List<Double>>> accuracies = new TreeMap<>();
    private final Map<MoonsMethod, List<MoonsPicture.Panel>> panels =
            new EnumMap<>(MoonsMethod.class);

    @Override
    public Integer call() throws IOException {
        TensorEngine engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        System.out.println(Machine.line());
        System.out.printf(
                "seeds %s, %d target points a run; changes to the defaults: method %s, rates %s%n",
                seeds, events, method, rates);
        for (long seed : seeds) {
            var protocol = new MoonsProtocol(engine, seed, events);
            protocol.learnSource(config(MoonsMethod.SOURCE, protocol, seed));
            for (int degrees : angles) {
                TwoMoons heldOut = protocol.heldOut(degrees);
                for (MoonsMethod one : methods) {
                    ModelArtifact model = protocol.run(one, degrees, config(one, protocol, seed));
                    double accuracy = protocol.accuracy(model, heldOut);
                    accuracies
                            .computeIfAbsent(degrees, d -> new EnumMap<>(MoonsMethod.class))
                            .computeIfAbsent(one, m -> new ArrayList<>())
                            .add(accuracy);
                    if (seed == seeds.get(0)) {
                        panels.computeIfAbsent(one, m -> new ArrayList<>())
                                .add(panel(engine, protocol, model, heldOut, accuracy));
                    }
                }
            }
        }
        printTable();
        MoonsPicture.write(
                methods.stream().map(MoonsMethod::title).toList(),
                angles.stream().map(degrees -> degrees + "°").toList(),
                methods.stream().map(panels::get).toList(),
                picture);
        System.out.printf("%nseed %d's boundaries: %s%n", seeds.get(0), picture.toAbsolutePath());
        return 0;
    }

    private SelfTrainingConfig config(MoonsMethod one, MoonsProtocol protocol, long seed) {
        var standard = SelfTrainingConfig.defaults(one.method(protocol.events()), seed);
        return new SelfTrainingConfig(
                MoonsProtocol.source(),
                RecordOverrides.with(standard.method(), method),
                RecordOverrides.with(standard.rates(), rates),
                standard.guard(),
                standard.reservoirPerClass(),
                seed);
    }

    private static MoonsPicture.Panel panel(
            TensorEngine engine,
            MoonsProtocol protocol,
            ModelArtifact model,
            TwoMoons heldOut,
            double accuracy) {
        try (var classifier = new Classifier(engine, protocol.network(), GROUP, model)) {
            return new MoonsPicture.Panel(
                    heldOut, classifier.probabilities(MoonsPicture.places()), accuracy);
        }
    }

    private void printTable() {
        System.out.printf("%nheld-out accuracy, %%: mean and standard deviation%n%n");
        var columns = new StringBuilder("angle");
        methods.forEach(one -> columns.append(" | ").append(one.title()));
        Table table = Table.start("two-moons", columns.toString());
        accuracies.forEach(
                (degrees, byMethod) -> {
                    var row = new StringBuilder(String.valueOf(degrees));
                    byMethod.forEach(
                            (one, list) -> {
                                double[] values =
                                        list.stream().mapToDouble(Double::doubleValue).toArray();
                                row.append(" | ").append(Spread.percent(values));
                            });
                    table.row("%s", row);
                });
    }
}
