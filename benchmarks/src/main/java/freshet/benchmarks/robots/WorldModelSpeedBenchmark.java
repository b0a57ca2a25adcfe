package freshet.benchmarks.robots;

import freshet.benchmarks.EngineOption;
import freshet.benchmarks.LearnerSteps;
import freshet.benchmarks.Machine;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one update of a world model takes. */
@Command(
        name = "world-model-speed",
        mixinStandardHelpOptions = true,
        description =
                "Updates a world model on simulated experience and prints the CPU time of an update"
                        + " (one engine thread), and the memory that it takes.")
public final class WorldModelSpeedBenchmark implements Callable<Integer> {

    private static final int ROBOTS = 8;

    @Option(
            names = "--configuration",
            description = "reference, plain (small), paper or variant; default ${DEFAULT-VALUE}.")
    private String configuration = "plain";

    @Option(names = "--apart", description = "Not of reference: moments apart.")
    private boolean apart;

    @Option(
            names = "--side",
            description = "Pixels of plain and variant; default ${DEFAULT-VALUE}.")
    private int side = 32;

    @Option(names = "--warm-up", description = "Updates before; default ${DEFAULT-VALUE}.")
    private int warmUp = 20;

    @Option(names = "--updates", description = "Default ${DEFAULT-VALUE}.")
    private int updates = 100;

    @Mixin private EngineOption engineOption = new EngineOption();

    @Override
    public Integer call() {
        boolean reference = configuration.equals("reference");
        WorldModelConfig model;
        WorldModelLearningConfig learning;
        if (reference) {
            model = WorldModelConfig.reference(1);
            learning = WorldModelLearningConfig.reference(1);
        } else {
            LearningRecipe recipe = LearningRecipe.of(configuration, Set.of(), side, 1, apart, 1);
            model = recipe.model();
            learning = recipe.learning();
        }
        int pixels = reference ? model.encoder().height() : side;
        TensorEngine engine = engineOption.start();
        System.out.println(Machine.line());
        Table table =
                Table.start(
                        "world-model-speed",
                        "engine | configuration | pixels | separate moments | updates | CPU ms p10"
                                + " | median | p90 | engine MB | heap MB");
        try (var steps = LearnerSteps.robots(engine, model, learning, pixels, ROBOTS)) {
            steps.cpuMillis(warmUp);
            double[] millis = steps.cpuMillis(updates);
            table.row(
                    "%s | %s | %d | %s | %d | %.1f | %.1f | %.1f | %.0f | %.0f",
                    engine.metadata().get("engine"),
                    configuration,
                    pixels,
                    learning.rates().separateMoments(),
                    millis.length,
                    Spread.quantile(millis, 0.1),
                    Spread.median(millis),
                    Spread.quantile(millis, 0.9),
                    engine.nativeBytes() / 1e6,
                    usedHeap() / 1e6);
        }
        return 0;
    }

    private static double usedHeap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
