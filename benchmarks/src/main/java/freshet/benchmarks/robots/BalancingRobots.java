package freshet.benchmarks.robots;

import freshet.learners.stability.rules.Report;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.Frame;
import freshet.simulators.Distractions;
import freshet.simulators.Task;
import java.util.Set;
import java.util.function.Consumer;

/** A healthy world model: cart-poles that learn to balance from pictures. */
public final class BalancingRobots {

    private static final int SIDE = 24;
    private static final int ROBOTS = 8;
    private static final int STEPS_AN_UPDATE = 4;

    private BalancingRobots() {}

    /**
     * @param seen is told of what learner and robots report
     */
    public static void learn(TensorEngine engine, long seed, long updates, Consumer<Report> seen) {
        try (LearningRun run = start(engine, seed)) {
            run.tell(seen);
            while (run.updates() < updates) {
                run.episode();
            }
        }
    }

    static LearningRun start(TensorEngine engine, long seed) {
        LearningRecipe recipe =
                LearningRecipe.of("plain", Set.of(), SIDE, 1, false, seed)
                        .with("replay", new Frame(SIDE, SIDE, LearningRun.CHANNELS));
        return new LearningRun(
                engine,
                recipe,
                Task.Name.BALANCE,
                Distractions.NONE,
                SIDE,
                ROBOTS,
                false,
                STEPS_AN_UPDATE,
                seed);
    }
}
