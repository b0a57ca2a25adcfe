package freshet.operators;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import java.util.List;

/** Robots with one actuator, no sensors but a camera of 9 x 9, and a model that is quickly run. */
final class SmallRobots {

    static final Frame FRAME = new Frame(9, 9, 3);

    private SmallRobots() {}

    static RobotSetup setup(int maxRobots) {
        return setup(maxRobots, ActingConfig.AT_WILL, 0, 0);
    }

    static RobotSetup setup(int maxRobots, float maxChange, int versionsKept, int unrollSteps) {
        List<Integer> few = List.of(8);
        var model =
                new WorldModelConfig(
                        new WorldModelConfig.Encoder(
                                3,
                                9,
                                9,
                                List.of(4, 4),
                                List.of(2, 1),
                                WorldModelConfig.InitialKernels.CENTRES,
                                6,
                                0,
                                List.of()),
                        new WorldModelConfig.Latent(few, few, 8, 4, few, few, true),
                        new WorldModelConfig.Heads(
                                few, few, 0, few, WorldModelConfig.InverseInput.STATES),
                        new WorldModelConfig.Behaviour(1, few, few));
        var standard = WorldModelLearningConfig.small(5);
        return new RobotSetup(
                "small",
                EngineSettings.cpu("libtorch", 1),
                model,
                new WorldModelLearningConfig(
                        standard.weights(),
                        new WorldModelLearningConfig.Sampling(2, 3, 1, 128 << 10, 8),
                        standard.view(),
                        standard.rates(),
                        standard.control(),
                        standard.seed(),
                        0),
                FRAME,
                4,
                4,
                1,
                maxRobots,
                new ActingConfig(2, 1_000, 16, maxChange, versionsKept, unrollSteps, 3),
                true);
    }

    /** A step whose picture is a function of robot and step; a millisecond a step. */
    static RobotRecord step(String robot, long episode, long sequence) {
        var random = new CounterRandom(robot.hashCode(), episode, 1_000 * sequence);
        var record = new RobotRecord();
        record.source = robot;
        record.episode = episode;
        record.sequence = sequence;
        record.eventTimeMillis = 100 * episode + sequence;
        record.explore = true;
        record.learn = true;
        record.picture = new byte[FRAME.size()];
        for (int i = 0; i < record.picture.length; i++) {
            record.picture[i] = (byte) random.nextLong(256);
        }
        return record;
    }

    /** The same, which says what was done at the steps before. */
    static RobotRecord step(String robot, long episode, long sequence, long... outcomes) {
        RobotRecord record = step(robot, episode, sequence);
        record.outcomeSteps = outcomes;
        record.outcomeRewards = new float[outcomes.length];
        record.outcomesMissed = new boolean[outcomes.length];
        record.outcomeActions = new float[outcomes.length];
        for (int i = 0; i < outcomes.length; i++) {
            record.outcomeRewards[i] = outcomes[i] / 100f;
            record.outcomeActions[i] = outcomes[i] / -100f;
        }
        return record;
    }
}
