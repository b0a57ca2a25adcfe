package freshet.learners.worldmodel;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether robots may be told what to do by weights: all of them are finite, and so is what they
 * make of a few frames of noise, one all black and one all white, seen, missed and seen again.
 *
 * <p>The frames depend on nothing but their size, so a check gives the same answer everywhere. That
 * a policy is any good is not looked at. Owns native memory until closed.
 */
final class ActingCheck implements AutoCloseable {

    private static final long SEED = 17;
    private static final int ROBOTS = 8;
    private static final int STEPS = 4;

    /** The step at which no frame comes. */
    private static final int BLIND_STEP = 2;

    private final TensorEngine engine;
    private final WorldModelConfig config;
    private final Frame frame;
    private WorldModelActor actor; // made with the first weights that are finite

    /**
     * @param frame what cameras deliver
     */
    ActingCheck(TensorEngine engine, WorldModelConfig config, Frame frame) {
        this.engine = engine;
        this.config = config;
        this.frame = frame;
    }

    /**
     * Why robots may not act by it; empty if they may.
     *
     * @throws IllegalArgumentException if the artifact is of another kind, format or configuration
     */
    String refusal(ModelArtifact artifact) {
        float[] weights = Weights.fromBytes(artifact.bytes());
        int bad = firstNotFinite(weights);
        if (bad >= 0) {
            return "weight %d is %s".formatted(bad, weights[bad]);
        }
        if (actor == null) {
            actor = new WorldModelActor(engine, config, frame, ROBOTS, SEED, artifact);
        } else {
            actor.load(artifact);
        }
        Belief[] beliefs = new Belief[ROBOTS];
        for (int step = 0; step < STEPS; step++) {
            List<Glimpse> glimpses = new ArrayList<>();
            for (int robot = 0; robot < ROBOTS; robot++) {
                glimpses.add(glimpse(robot, step, beliefs[robot]));
            }
            List<Decision> decisions = actor.act(glimpses);
            for (int robot = 0; robot < ROBOTS; robot++) {
                Decision decision = decisions.get(robot);
                String wrong = wrong(decision);
                if (!wrong.isEmpty()) {
                    return "%s at step %d of a trial".formatted(wrong, step);
                }
                beliefs[robot] = decision.belief();
            }
        }
        return "";
    }

    private Glimpse glimpse(int robot, int step, Belief before) {
        if (step == BLIND_STEP) {
            return new Glimpse("trial-" + robot, 0, step, null, null, before, true);
        }
        byte[] picture = new byte[frame.size()];
        switch (robot) {
            case 0 -> {} // black
            case 1 -> Arrays.fill(picture, (byte) 0xFF);
            default -> {
                var random = new CounterRandom(SEED, robot, (long) step * picture.length);
                for (int i = 0; i < picture.length; i++) {
                    picture[i] = (byte) random.nextLong(256);
                }
            }
        }
        float[] felt = new float[config.encoder().proprioception()];
        return new Glimpse("trial-" + robot, 0, step, picture, felt, before, true);
    }

    private static String wrong(Decision decision) {
        if (!Double.isFinite(decision.surpriseNats())) {
            return "surprise is %s".formatted(decision.surpriseNats());
        }
        for (float value : decision.action()) {
            if (!(value >= -1 && value <= 1)) {
                return "action is %s".formatted(value);
            }
        }
        boolean believes =
                firstNotFinite(decision.belief().latent()) < 0
                        && firstNotFinite(decision.belief().hidden()) < 0;
        return believes ? "" : "belief is not finite";
    }

    /** Place of the first that is not; negative if all are. */
    private static int firstNotFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        if (actor != null) {
            actor.close();
        }
    }
}
