package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.worldmodel.WorldModelConfig.InverseInput;
import java.util.ArrayList;
import java.util.List;

/**
 * A tiny world: a bright bead on a dark line is pushed left or right and pays when it is near the
 * middle. Pictures of 9 x 9; the robot feels where the bead is and how fast.
 */
final class Beads {

    static final Frame FRAME = new Frame(9, 9, 1);
    static final int FELT = 2;

    static final WorldModelConfig MODEL = model(true, InverseInput.STATES, 0);

    static final LossWeights WEIGHTS =
            new LossWeights(LossWeights.Contrast.ofSource(), 0.5, 1, 1, 0.01, 1);

    private Beads() {}

    static WorldModelConfig model(boolean recurrent, InverseInput inverse, int rewardSteps) {
        List<Integer> eight = List.of(8);
        return new WorldModelConfig(
                new WorldModelConfig.Encoder(
                        1,
                        9,
                        9,
                        List.of(4, 4),
                        List.of(2, 1),
                        WorldModelConfig.InitialKernels.CENTRES,
                        6,
                        FELT,
                        List.of(4)),
                new WorldModelConfig.Latent(
                        eight, List.of(8, 8), 6, 4, List.of(8, 8), List.of(8), recurrent),
                new WorldModelConfig.Heads(eight, eight, rewardSteps, eight, inverse),
                new WorldModelConfig.Behaviour(1, eight, List.of(8, 8)));
    }

    /** Every part at work: overlay, second view, moments apart. */
    static WorldModelLearningConfig learning(long seed) {
        return learning(seed, WEIGHTS, true);
    }

    static WorldModelLearningConfig learning(long seed, LossWeights weights, boolean apart) {
        return new WorldModelLearningConfig(
                weights,
                new WorldModelLearningConfig.Sampling(4, 5, 2, 64 << 10, 0),
                new WorldModelLearningConfig.View(1, 0.2, 0.1, true),
                new WorldModelLearningConfig.Rates(
                        5e-3, 5e-3, 10, 3e-3, 100, 3e-3, 10, 1e-3, apart),
                new WorldModelLearningConfig.Control(0.9, 0.05, -2.3, -1, 2),
                seed,
                2);
    }

    /** Six batches of two robots with twelve steps each. */
    static List<ExperienceBatch> batches() {
        var batches = new ArrayList<ExperienceBatch>();
        for (int batch = 0; batch < 6; batch++) {
            var steps = new ArrayList<RobotStep>();
            for (String robot : List.of("a", "b")) {
                steps.addAll(episode(robot, batch / 2, batch % 2 * 12, 12));
            }
            batches.add(new ExperienceBatch(steps));
        }
        return batches;
    }

    static List<RobotStep> episode(String robot, long episode, int from, int count) {
        var random = new CounterRandom(robot.hashCode(), episode, 0);
        double place = 8 * random.nextDouble();
        double speed = 0;
        var steps = new ArrayList<RobotStep>();
        for (int step = 0; step < from + count; step++) {
            float action = (float) (2 * random.nextDouble() - 1);
            float[] felt = {(float) (place / 8), (float) speed};
            byte[] picture = picture(place);
            speed = 0.8 * speed + action;
            place = Math.max(0, Math.min(8, place + speed));
            float reward = (float) (1 - Math.abs(place - 4) / 4);
            if (step >= from) {
                steps.add(
                        new RobotStep(
                                robot, episode, step, picture, felt, new float[] {action}, reward));
            }
        }
        return steps;
    }

    /** A bump of light around a place in [0, 8]. */
    static byte[] picture(double place) {
        byte[] picture = new byte[81];
        for (int y = 0; y < 9; y++) {
            for (int x = 0; x < 9; x++) {
                double distance = Math.hypot(x - place, y - 4);
                picture[y * 9 + x] = (byte) Math.round(255 * Math.max(0, 1 - distance / 2));
            }
        }
        return picture;
    }
}
