package freshet.benchmarks.robots;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.Decision;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.Glimpse;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.learners.worldmodel.WorldModelLearner;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a decision takes when many robots share a pass. */
@Command(
        name = "acting-speed",
        mixinStandardHelpOptions = true,
        description =
                "Decides for robots that share a pass through the model, and prints CPU time and"
                        + " decisions a second of one core (one engine thread). Fails if a robot's"
                        + " action depends on the size of the pass.")
public final class ActingSpeedBenchmark implements Callable<Integer> {

    private static final int CHANNELS = 3;

    @Option(names = "--side", description = "Pixels; default ${DEFAULT-VALUE}.")
    private int side = 24;

    @Option(names = "--robots", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> sizes = List.of(1, 8, 16, 24, 32, 40, 48, 56, 64);

    @Option(names = "--passes", description = "Of each size; default ${DEFAULT-VALUE}.")
    private int passes = 200;

    private Table table;

    @Override
    public Integer call() {
        LearningRecipe recipe = LearningRecipe.of("plain", Set.of(), side, 1, false, 1);
        var frame = new Frame(side, side, CHANNELS);
        int most = WorldModelActor.MAX_ROWS;
        var fleet = new RobotFleet(Task.Name.BALANCE, most, side, Distractions.NONE, 1);
        TensorEngine engine = TensorEngines.start("libtorch", 1);
        System.out.println(Machine.line());
        table =
                Table.start(
                        "robots of a pass", "| robots of a pass | CPU ms | decisions a second |");
        try (var learner = new WorldModelLearner(engine, recipe.model(), recipe.learning(), frame);
                var actor =
                        new WorldModelActor(
                                engine, recipe.model(), frame, most, 1, learner.publish())) {
            List<Glimpse> glimpses = secondLook(actor, glimpses(fleet));
            var alone = new ArrayList<Decision>();
            for (Glimpse one : glimpses) {
                alone.addAll(actor.act(List.of(one)));
            }
            for (int size : sizes) {
                List<Glimpse> some = glimpses.subList(0, size);
                run(actor, some, passes / 10); // warm-up
                long start = cpuNanos();
                List<Decision> decisions = run(actor, some, passes);
                double millis = (cpuNanos() - start) / 1e6 / passes;
                table.row("| %d | %.2f | %,d |", size, millis, Math.round(1000 * size / millis));
                for (int i = 0; i < size; i++) {
                    if (!isSame(decisions.get(i), alone.get(i))) {
                        throw new IllegalStateException(
                                "robot %d of %d in a pass is told otherwise than alone"
                                        .formatted(i, size));
                    }
                }
            }
        }
        return 0;
    }

    private static List<Glimpse> glimpses(RobotFleet fleet) {
        var glimpses = new ArrayList<Glimpse>();
        for (int place = 0; place < fleet.count(); place++) {
            byte[] picture = new byte[fleet.frameBytes()];
            fleet.see(place, picture, 0);
            glimpses.add(new Glimpse("robot-" + place, 0, 0, picture, new float[0], null, true));
        }
        return glimpses;
    }

    /** The same pictures with a belief to go on from. */
    private static List<Glimpse> secondLook(WorldModelActor actor, List<Glimpse> first) {
        var glimpses = new ArrayList<Glimpse>();
        for (Glimpse one : first) {
            Decision decision = actor.act(List.of(one)).get(0);
            glimpses.add(
                    new Glimpse(
                            one.robot(), 0, 1, one.picture(), one.felt(), decision.belief(), true));
        }
        return glimpses;
    }

    private static boolean isSame(Decision one, Decision other) {
        return Arrays.equals(one.belief().latent(), other.belief().latent())
                && Arrays.equals(one.belief().hidden(), other.belief().hidden())
                && Arrays.equals(one.action(), other.action())
                && one.surpriseNats() == other.surpriseNats();
    }

    private static List<Decision> run(WorldModelActor actor, List<Glimpse> glimpses, int times) {
        List<Decision> decisions = List.of();
        for (int i = 0; i < times; i++) {
            decisions = actor.act(glimpses);
        }
        return decisions;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
