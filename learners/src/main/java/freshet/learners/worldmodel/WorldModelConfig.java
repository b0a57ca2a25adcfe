package freshet.learners.worldmodel;

import java.io.Serializable;
import java.util.List;

/**
 * Sizes of the world model and of the policy on it. Widths are those of hidden layers, in order.
 *
 * <p>{@link #reference} has the sizes of CoRe's released code (arXiv:2112.01163) for the
 * Distracting Control Suite; {@link #small} runs on one CPU core.
 */
public record WorldModelConfig(Encoder encoder, Latent latent, Heads heads, Behaviour behaviour)
        implements Serializable {

    private static final int VARIANT_REWARD_STEPS = 6;

    /** What the inverse dynamics sees of two steps. */
    public enum InverseInput {
        /** Latent and recurrent state, as in the source: the latter has read the action itself. */
        STATES,
        /** The drawn latents alone. */
        LATENTS
    }

    /** Kernels of convolutions before anything is learned. */
    public enum InitialKernels {
        /**
         * Delta-orthogonal, as in the source: all but their centres is 0. With strides, most pixels
         * are not seen at first.
         */
        CENTRES,
        /** Orthogonal over all of a kernel. */
        WHOLE
    }

    /**
     * What turns a picture, and what a robot feels, into features: convolutions of 3 x 3 without
     * padding, ReLU after each, one linear layer, layer norm.
     *
     * @param channels of the picture, in [1, 12]
     * @param height of what it sees (a crop of the frame), pixels, in [7, 1024]
     * @param width likewise
     * @param filters channels after each convolution
     * @param strides of each convolution
     * @param initialKernels not part of the {@link WorldModelConfig#fingerprint}
     * @param features of the picture, in [1, 4096]
     * @param proprioception P, numbers that a robot feels, in [0, 1024]; 0: pictures alone
     * @param proprioceptionWidths of its perceptron; the last is appended to the features
     */
    public record Encoder(
            int channels,
            int height,
            int width,
            List<Integer> filters,
            List<Integer> strides,
            InitialKernels initialKernels,
            int features,
            int proprioception,
            List<Integer> proprioceptionWidths)
            implements Serializable {

        public Encoder {
            filters = widths("encoder.filters", filters);
            strides = List.copyOf(strides);
            proprioceptionWidths =
                    proprioception == 0
                            ? List.of()
                            : widths("encoder.proprioceptionWidths", proprioceptionWidths);
            check("encoder.channels", channels, 1, 12);
            check("encoder.height", height, 7, 1024);
            check("encoder.width", width, 7, 1024);
            check("encoder.features", features, 1, 4096);
            check("encoder.proprioception", proprioception, 0, 1024);
            check("number of encoder.strides", strides.size(), filters.size(), filters.size());
            for (int stride : strides) {
                check("encoder.strides", stride, 1, 4);
            }
        }

        private Encoder startingAt(InitialKernels other) {
            return new Encoder(
                    channels,
                    height,
                    width,
                    filters,
                    strides,
                    other,
                    features,
                    proprioception,
                    proprioceptionWidths);
        }
    }

    /**
     * The state that is carried from step to step.
     *
     * @param embed layers from features to what the posterior reads
     * @param recurrentInput layers from last latent and action to the recurrent cell
     * @param hidden H, of the recurrent cell, in [1, 8192]
     * @param size Z, of the drawn latent, in [1, 4096]
     * @param prior hidden layers of the prediction from history alone
     * @param posterior hidden layers of the prediction that has seen the picture
     * @param recurrent whether there is a recurrent state at all: an ablation
     */
    public record Latent(
            List<Integer> embed,
            List<Integer> recurrentInput,
            int hidden,
            int size,
            List<Integer> prior,
            List<Integer> posterior,
            boolean recurrent)
            implements Serializable {

        public Latent {
            embed = widths("latent.embed", embed);
            recurrentInput = widths("latent.recurrentInput", recurrentInput);
            prior = widths("latent.prior", prior);
            posterior = widths("latent.posterior", posterior);
            check("latent.hidden", hidden, 1, 8192);
            check("latent.size", size, 1, 4096);
        }

        /** Width of what heads and policy see. */
        public int state() {
            return size + (recurrent ? hidden : 0);
        }
    }

    /**
     * What the state must tell.
     *
     * @param decoder hidden layers of the prediction of the present features
     * @param reward hidden layers of the reward
     * @param rewardSteps rewards that are read at once from a state and the actions after it, in
     *     [0, 32]; 0: the reward of the action before is read from the state after it, as in the
     *     source
     * @param inverse hidden layers of the inverse dynamics
     */
    public record Heads(
            List<Integer> decoder,
            List<Integer> reward,
            int rewardSteps,
            List<Integer> inverse,
            InverseInput inverseInput)
            implements Serializable {

        public Heads {
            decoder = widths("heads.decoder", decoder);
            reward = widths("heads.reward", reward);
            inverse = widths("heads.inverse", inverse);
            check("heads.rewardSteps", rewardSteps, 0, 32);
        }
    }

    /**
     * @param actions A, dimensions of an action, in [1, 64]
     * @param policy hidden layers of the actor
     * @param critic hidden layers of each of the two critics
     */
    public record Behaviour(int actions, List<Integer> policy, List<Integer> critic)
            implements Serializable {

        public Behaviour {
            policy = widths("behaviour.policy", policy);
            critic = widths("behaviour.critic", critic);
            check("behaviour.actions", actions, 1, 64);
        }
    }

    /** {@code core-reference}: 84 x 84 colour pictures; 10.9 million weights for six actions. */
    public static WorldModelConfig reference(int actions) {
        List<Integer> three = List.of(1024, 1024, 1024);
        return new WorldModelConfig(
                new Encoder(
                        3,
                        84,
                        84,
                        List.of(32, 32, 32, 32),
                        List.of(2, 1, 1, 1),
                        InitialKernels.CENTRES,
                        50,
                        0,
                        List.of()),
                new Latent(
                        List.of(256, 256),
                        List.of(400, 400),
                        200,
                        64,
                        List.of(400, 400, 400),
                        List.of(400, 400),
                        true),
                new Heads(
                        List.of(256, 256),
                        List.of(128, 128),
                        0,
                        List.of(128, 128),
                        InverseInput.STATES),
                new Behaviour(actions, three, three));
    }

    /**
     * {@code core-small}: for one CPU core.
     *
     * @param pixels height and width; 24 are enough without distraction, 32 with it
     */
    public static WorldModelConfig small(int pixels, int actions) {
        return new WorldModelConfig(
                new Encoder(
                        3,
                        pixels,
                        pixels,
                        List.of(16, 32, 32),
                        List.of(2, 2, 1),
                        InitialKernels.WHOLE,
                        50,
                        0,
                        List.of()),
                new Latent(
                        List.of(128, 128),
                        List.of(128, 128),
                        128,
                        32,
                        List.of(128, 128),
                        List.of(128),
                        true),
                new Heads(List.of(128, 128), List.of(128), 0, List.of(128), InverseInput.STATES),
                new Behaviour(actions, List.of(128, 128), List.of(128, 128)));
    }

    /**
     * {@link #small} with six rewards read from a state and the actions after it, and kernels that
     * start at their centres: for {@link WorldModelLearningConfig#smallAgainstDistraction}.
     */
    public static WorldModelConfig smallAgainstDistraction(int pixels, int actions) {
        WorldModelConfig small = small(pixels, actions);
        Heads plain = small.heads;
        return small.startingAt(InitialKernels.CENTRES)
                .with(
                        small.latent,
                        new Heads(
                                plain.decoder,
                                plain.reward,
                                VARIANT_REWARD_STEPS,
                                plain.inverse,
                                plain.inverseInput));
    }

    /** The same sizes with another latent or other heads: for ablations. */
    public WorldModelConfig with(Latent otherLatent, Heads otherHeads) {
        return new WorldModelConfig(encoder, otherLatent, otherHeads, behaviour);
    }

    /** The same sizes with other kernels to begin with. */
    public WorldModelConfig startingAt(InitialKernels kernels) {
        return new WorldModelConfig(encoder.startingAt(kernels), latent, heads, behaviour);
    }

    /** One line that names every size: weights of one fingerprint fit no other. */
    public String fingerprint() {
        return ("world-model picture=%dx%dx%d filters=%s strides=%s features=%d proprioception=%d%s"
                        + " embed=%s recurrentInput=%s hidden=%d latent=%d prior=%s posterior=%s"
                        + " recurrent=%s decoder=%s reward=%s rewardSteps=%d inverse=%s"
                        + " inverseInput=%s actions=%d policy=%s critic=%s")
                .formatted(
                        encoder.channels,
                        encoder.height,
                        encoder.width,
                        encoder.filters,
                        encoder.strides,
                        encoder.features,
                        encoder.proprioception,
                        encoder.proprioceptionWidths,
                        latent.embed,
                        latent.recurrentInput,
                        latent.hidden,
                        latent.size,
                        latent.prior,
                        latent.posterior,
                        latent.recurrent,
                        heads.decoder,
                        heads.reward,
                        heads.rewardSteps,
                        heads.inverse,
                        heads.inverseInput,
                        behaviour.actions,
                        behaviour.policy,
                        behaviour.critic);
    }

    private static List<Integer> widths(String option, List<Integer> widths) {
        check("number of layers of " + option, widths.size(), 1, 16);
        for (int width : widths) {
            check(option, width, 1, 8192);
        }
        return List.copyOf(widths);
    }

    private static void check(String option, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s is %d, must be in [%d, %d]".formatted(option, value, low, high));
        }
    }
}
