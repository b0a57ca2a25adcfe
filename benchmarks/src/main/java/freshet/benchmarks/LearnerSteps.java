package freshet.benchmarks;

import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.ShiftScaleTurn;
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
import java.util.List;
import java.util.function.Supplier;

/**
 * A learner and batches for it, to be timed update by update. What is learned is random, or of
 * robots that act at random: it does not matter to the time.
 */
public final class LearnerSteps implements AutoCloseable {

    private static final int SIDE = RandomBatches.SIDE;
    private static final int CHANNELS = 3;
    private static final double TURN_DEGREES = 10;

    private final Supplier<Supplier<StepReport>> steps; // makes a batch, then learns it
    private final OnlineLearner<?> learner;

    private LearnerSteps(Supplier<Supplier<StepReport>> steps, OnlineLearner<?> learner) {
        this.steps = steps;
        this.learner = learner;
    }

    private static <B> LearnerSteps of(OnlineLearner<B> learner, Supplier<B> batches) {
        return new LearnerSteps(
                () -> {
                    B batch = batches.get();
                    return () -> learner.step(batch);
                },
                learner);
    }

    /** The language model on text of one source. */
    public static LearnerSteps text(
            TensorEngine engine, LanguageModelConfig sizes, LearningConfig learning) {
        return of(
                new LanguageLearner(engine, sizes, learning, "random"),
                new RandomBatches.Texts(sizes)::next);
    }

    /**
     * The classifier of pictures of 28 x 28.
     *
     * @param supervised whether pictures have labels; else they are learned by GIFT
     */
    public static LearnerSteps images(TensorEngine engine, int batch, boolean supervised) {
        var method = SelfTrainingConfig.Method.gift(100L * batch);
        var learner =
                new SelfTrainingLearner(
                        engine,
                        ConvolutionalNetwork.defaults(SIDE, SIDE, RandomBatches.CLASSES),
                        SelfTrainingConfig.defaults(method, 1),
                        supervised
                                ? ShiftScaleTurn.defaults(SIDE, SIDE, 0)
                                : new ShiftScaleTurn(SIDE, SIDE, 2, 0.1, TURN_DEGREES));
        learner.step(RandomBatches.pictures(batch, 0, true));
        long[] number = {0};
        return of(learner, () -> RandomBatches.pictures(batch, ++number[0], supervised));
    }

    /**
     * The world model, on cart-poles.
     *
     * @param pixels side of their pictures
     */
    public static LearnerSteps robots(
            TensorEngine engine,
            WorldModelConfig model,
            WorldModelLearningConfig learning,
            int pixels,
            int robots) {
        var fleet = new RobotFleet(Task.Name.BALANCE, robots, pixels, Distractions.NONE, 1);
        var random = new CounterRandom(1, 0, 0);
        var learner =
                new WorldModelLearner(engine, model, learning, new Frame(pixels, pixels, CHANNELS));
        return of(learner, () -> experience(fleet, random));
    }

    private static ExperienceBatch experience(RobotFleet fleet, CounterRandom random) {
        List<RobotStep> steps = new ArrayList<>();
        for (int place = 0; place < fleet.count(); place++) {
            SimulatedRobot robot = fleet.robot(place);
            if (robot.atEnd()) {
                robot.startEpisode();
            }
            byte[] picture = new byte[fleet.frameBytes()];
            fleet.see(place, picture, 0);
            float[] action = {(float) (2 * random.nextDouble() - 1)};
            long sequence = robot.step();
            float reward = robot.act(action, 0);
            steps.add(
                    new RobotStep(
                            "robot-" + place,
                            robot.episode(),
                            sequence,
                            picture,
                            new float[0],
                            action,
                            reward));
        }
        return new ExperienceBatch(steps);
    }

    /**
     * CPU milliseconds of this thread for each of so many updates, their batches ready; those
     * before the first, which only gather experience, do not count.
     *
     * @throws IllegalStateException if a batch is refused
     */
    public double[] cpuMillis(int updates) {
        double[] millis = new double[updates];
        for (int done = 0; done < updates; ) {
            Supplier<StepReport> step = steps.get();
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            StepReport report = step.get();
            long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            if (!report.applied()) {
                throw new IllegalStateException(report.refusal());
            }
            if (report.items() > 0) {
                millis[done++] = (end - start) / 1e6;
            }
        }
        return millis;
    }

    @Override
    public void close() {
        learner.close();
    }
}
