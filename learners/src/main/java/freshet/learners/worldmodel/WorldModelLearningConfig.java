package freshet.learners.worldmodel;

import java.io.Serializable;

/**
 * How the world model and the policy learn; {@link WorldModelConfig} has their sizes.
 *
 * <p>{@link #reference} is the recipe of CoRe's released code; {@link #small} what learned on one
 * CPU core; {@link #smallAgainstDistraction} a variant of it that departs from the paper.
 *
 * @param weights of the losses
 * @param experience where the sequences come from that are learned
 * @param seed of initial weights, sampling and noise
 * @param measureEverySteps shares of right picks and the like are measured every so many steps; 0:
 *     never; in [0, 1000000]
 */
public record WorldModelLearningConfig(
        LossWeights weights,
        Experience experience,
        View view,
        Rates rates,
        Control control,
        long seed,
        int measureEverySteps)
        implements Serializable {

    /**
     * Sequences are drawn from a replay, again and again.
     *
     * @param sequences B, in [1, 1024]
     * @param steps T of each, in [2, 1024]
     * @param perEpisode sequences out of one episode, divides B: those share scene and camera, so
     *     telling them apart takes more than the scene
     * @param bytes that the replay may take, in [1 KiB, 1 GiB]
     * @param firstUpdateAfter steps of experience before anything is learned, in [0, 10^7]
     */
    public record Sampling(
            int sequences, int steps, int perEpisode, long bytes, long firstUpdateAfter)
            implements Experience {

        public Sampling {
            check("sampling.sequences", sequences, 1, 1024);
            check("sampling.steps", steps, 2, 1024);
            check("sampling.perEpisode", perEpisode, 1, sequences);
            if (sequences % perEpisode != 0) {
                throw new IllegalArgumentException(
                        "sampling.perEpisode is %d, must divide sampling.sequences = %d"
                                .formatted(perEpisode, sequences));
            }
            check("sampling.bytes", (double) bytes, 1 << 10, 1 << 30);
            check("sampling.firstUpdateAfter", (double) firstUpdateAfter, 0, 10_000_000);
        }
    }

    /**
     * Sequences are windows of each robot's stream, learned once, as soon as they are complete, and
     * forgotten: an update learns those that its batch completes.
     *
     * @param steps T of each, in [2, 1024]
     * @param stride steps from the beginning of one window to that of its robot's next, in [1,
     *     steps]; equal to {@code steps}, each step is learned once
     * @param bytes that steps may take which wait for their window, in [1 KiB, 1 GiB]
     * @param firstUpdateAfter steps of experience before anything is learned, in [0, 10^7]; they
     *     are lost to learning
     */
    public record Windows(int steps, int stride, long bytes, long firstUpdateAfter)
            implements Experience {

        public Windows {
            check("windows.steps", steps, 2, 1024);
            check("windows.stride", stride, 1, steps);
            check("windows.bytes", (double) bytes, 1 << 10, 1 << 30);
            check("windows.firstUpdateAfter", (double) firstUpdateAfter, 0, 10_000_000);
        }
    }

    /**
     * How a frame becomes a picture that is learned; where acting cuts out the middle, learning
     * cuts at random, the same for all steps of a sequence.
     *
     * @param padding pixels by which the edge of a frame is continued before the cut, in [0, 64]
     * @param overlay strength of a random smooth pattern of colour, anew for each frame so that
     *     history cannot foretell it, in [0, 4]; 0: none
     * @param channelGain largest random change of each channel's gain, in [0, 1)
     * @param secondView whether the contrast must find the features of a second picture of the same
     *     frame, cut and coloured on its own
     */
    public record View(int padding, double overlay, double channelGain, boolean secondView)
            implements Serializable {

        public View {
            check("view.padding", padding, 0, 64);
            check("view.overlay", overlay, 0, 4);
            check("view.channelGain", channelGain, 0, Math.nextDown(1.0));
        }
    }

    /**
     * Steps of the optimisers (Adam, decays 0.9 and 0.999) and the norms that gradients are cut to.
     *
     * @param world of encoder, latent state and heads, in (0, 1]
     * @param theta of the contrast's inverse temperature, in (0, 1]
     * @param worldClip above 0
     * @param separateMoments whether the critics' gradient into the world model has an update, and
     *     moments, of its own, uncut, after that of the world model's losses, as in the source;
     *     else both gradients are added, which takes half the time
     */
    public record Rates(
            double world,
            double theta,
            double worldClip,
            double critic,
            double criticClip,
            double actor,
            double actorClip,
            double temperature,
            boolean separateMoments)
            implements Serializable {

        public Rates {
            check("rates.world", world, Double.MIN_VALUE, 1);
            check("rates.theta", theta, Double.MIN_VALUE, 1);
            check("rates.worldClip", worldClip, Double.MIN_VALUE, Double.MAX_VALUE);
            check("rates.critic", critic, Double.MIN_VALUE, 1);
            check("rates.criticClip", criticClip, Double.MIN_VALUE, Double.MAX_VALUE);
            check("rates.actor", actor, Double.MIN_VALUE, 1);
            check("rates.actorClip", actorClip, Double.MIN_VALUE, Double.MAX_VALUE);
            check("rates.temperature", temperature, 0, 1);
        }
    }

    /**
     * Soft actor-critic.
     *
     * @param discount per step, in [0, 1)
     * @param targetShare by which target critics follow at each update, in (0, 1]
     * @param initialLogTemperature in [-20, 3]
     * @param targetEntropy of an action's dimension, in nats, in [-10, 10]
     * @param actorEvery the actor learns at every so many steps of a sequence, in [1, 16]
     */
    public record Control(
            double discount,
            double targetShare,
            double initialLogTemperature,
            double targetEntropy,
            int actorEvery)
            implements Serializable {

        public Control {
            check("control.discount", discount, 0, Math.nextDown(1.0));
            check("control.targetShare", targetShare, Double.MIN_VALUE, 1);
            check("control.initialLogTemperature", initialLogTemperature, -20, 3);
            check("control.targetEntropy", targetEntropy, -10, 10);
            check("control.actorEvery", actorEvery, 1, 16);
        }
    }

    public WorldModelLearningConfig {
        check("learning.measureEverySteps", measureEverySteps, 0, 1_000_000);
        if (weights.sameFrame() > 0 && !view.secondView()) {
            throw new IllegalArgumentException(
                    "weights.sameFrame is %s, but view.secondView is off"
                            .formatted(weights.sameFrame()));
        }
    }

    /** The same, with sequences from elsewhere. */
    public WorldModelLearningConfig with(Experience other) {
        return new WorldModelLearningConfig(
                weights, other, view, rates, control, seed, measureEverySteps);
    }

    /** The same with other weights of the losses. */
    public WorldModelLearningConfig with(LossWeights other) {
        return new WorldModelLearningConfig(
                other, experience, view, rates, control, seed, measureEverySteps);
    }

    /**
     * The same replay with no more than the newest steps.
     *
     * @param steps at least eight segments of {@value Replay#SEGMENT_STEPS}, and eight sequences
     * @throws IllegalStateException if there is no replay
     */
    public Sampling recent(WorldModelConfig model, Frame frame, long steps) {
        Sampling sampling = replay();
        long bytes =
                Replay.bytes(
                        frame,
                        model.encoder().proprioception(),
                        model.behaviour().actions(),
                        steps);
        return new Sampling(
                sampling.sequences(),
                sampling.steps(),
                sampling.perEpisode(),
                Math.min(bytes, sampling.bytes()),
                sampling.firstUpdateAfter());
    }

    /**
     * The same replay, learned from once it has so many steps.
     *
     * @throws IllegalStateException if there is no replay
     */
    public Sampling replayed(long firstUpdateAfter) {
        Sampling sampling = replay();
        return new Sampling(
                sampling.sequences(),
                sampling.steps(),
                sampling.perEpisode(),
                sampling.bytes(),
                firstUpdateAfter);
    }

    private Sampling replay() {
        if (experience instanceof Sampling sampling) {
            return sampling;
        }
        throw new IllegalStateException("sequences are not drawn from a replay");
    }

    /** Windows within the bytes of the replay, in its place. */
    public Windows streamed(int steps, int stride) {
        return new Windows(steps, stride, experience.bytes(), 0);
    }

    /** {@code core-reference}: 1 GiB of replay in place of the source's 100,000 steps. */
    public static WorldModelLearningConfig reference(long seed) {
        return new WorldModelLearningConfig(
                LossWeights.reference(),
                new Sampling(32, 32, 1, 1 << 30, 1000),
                new View(0, 0, 0, false),
                new Rates(3e-4, 2e-3, 10, 1e-3, 100, 1e-3, 10, 1e-3, true),
                new Control(0.99, 0.005, -2.3, -1, 1),
                seed,
                100);
    }

    /** {@code core-small}: the paper's losses, the contrast around the mean. */
    public static WorldModelLearningConfig small(long seed) {
        return new WorldModelLearningConfig(
                LossWeights.reference().with(LossWeights.Contrast.aroundMean()),
                new Sampling(16, 12, 1, 256 << 20, 1000),
                new View(0, 0, 0, false),
                new Rates(1e-3, 2e-3, 10, 1e-3, 100, 1e-3, 10, 1e-3, false),
                new Control(0.99, 0.005, -2.3, -1, 2),
                seed,
                50);
    }

    /**
     * Variant 2: against moving backgrounds, colours and cameras, for {@link
     * WorldModelConfig#smallAgainstDistraction}. Sequences are twice as long as the prototype's:
     * six rewards are read at once, so of eight steps only the first three states, which have
     * hardly a history, learn to tell them.
     */
    public static WorldModelLearningConfig smallAgainstDistraction(long seed) {
        return new WorldModelLearningConfig(
                new LossWeights(LossWeights.Contrast.ofSource(), 1, 30, 0, 0.01, 1),
                new Sampling(16, 16, 4, 256 << 20, 1000),
                new View(2, 0.8, 0.3, true),
                new Rates(1e-3, 2e-3, 10, 1e-3, 100, 1e-3, 10, 1e-3, false),
                new Control(0.98, 0.02, -2.3, -1, 2),
                seed,
                50);
    }

    private static void check(String option, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    "%s is %s, must be in [%s, %s]".formatted(option, value, low, high));
        }
    }
}
