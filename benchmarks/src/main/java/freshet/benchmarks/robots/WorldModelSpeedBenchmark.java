package freshet.benchmarks.robots;

import freshet.benchmarks.EngineOption;
import freshet.benchmarks.Machine;
import freshet.learners.StepReport;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.RobotStep;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearner;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.SimulatedRobot;
import freshet.simulators.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    private static final int CHANNELS = 3;

    @Option(
            names = "--configuration",
            description = "reference, plain (small) or variant; default ${DEFAULT-VALUE}.")
    private String configuration = "plain";

    @Option(names = "--apart", description = "Of plain and variant: moments apart.")
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
        var frame = new Frame(pixels, pixels, CHANNELS);
        TensorEngine engine = engineOption.start();
        System.out.println(Machine.line());
        try (var learner = new WorldModelLearner(engine, model, learning, frame)) {
            List<Double> millis = run(learner, pixels);
            Collections.sort(millis);
            System.out.printf(
                    "%s, %s, %d pixels, %s, separate moments %s: %d updates, CPU ms p10 %.1f,"
                            + " median %.1f, p90 %.1f; engine %.0f MB, heap %.0f MB%n",
                    engine.metadata().get("engine"),
                    configuration,
                    pixels,
                    learning.experience(),
                    learning.rates().separateMoments(),
                    millis.size(),
                    millis.get(millis.size() / 10),
                    millis.get(millis.size() / 2),
                    millis.get(millis.size() * 9 / 10),
                    engine.nativeBytes() / 1e6,
                    usedHeap() / 1e6);
        }
        return 0;
    }

    private static double usedHeap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private List<Double> run(WorldModelLearner learner, int pixels) {
        var fleet = new RobotFleet(Task.Name.BALANCE, ROBOTS, pixels, Distractions.NONE, 1);
        var random = new CounterRandom(1, 0, 0);
        var millis = new ArrayList<Double>();
        float[] actions = new float[ROBOTS];
        float[] rewards = new float[ROBOTS];
        for (int done = 0; millis.size() < updates; ) {
            var steps = new ArrayList<RobotStep>();
            for (int place = 0; place < ROBOTS; place++) {
                SimulatedRobot robot = fleet.robot(place);
                if (robot.atEnd()) {
                    robot.startEpisode();
                }
                byte[] picture = new byte[fleet.frameBytes()];
                fleet.see(place, picture, 0);
                actions[place] = (float) (2 * random.nextDouble() - 1);
                long sequence = robot.step();
                rewards[place] = robot.act(actions, place);
                steps.add(
                        new RobotStep(
                                "robot-" + place,
                                robot.episode(),
                                sequence,
                                picture,
                                new float[0],
                                new float[] {actions[place]},
                                rewards[place]));
            }
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            StepReport report = learner.step(new ExperienceBatch(steps));
            double used =
                    (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e6;
            if (!report.applied()) {
                throw new IllegalStateException(report.refusal());
            }
            if (report.items() > 0 && done++ >= warmUp) {
                millis.add(used);
            }
        }
        return millis;
    }
}
