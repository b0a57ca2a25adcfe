package freshet.learners.worldmodel;

import java.io.Serializable;

/**
 * What each loss of the world model counts; 0 leaves it out.
 *
 * @param contrast finding the features of the present frame from history and last action
 * @param sameFrame finding those of the same frame in a second view, which it needs; goes with the
 *     contrast, so it too is left out with that
 * @param reward of an action
 * @param inverse the action between two states
 * @param divergence between what is believed before and after a look, in nats
 * @param freeNats of the divergence that cost nothing, in [0, 1000]
 */
public record LossWeights(
        Contrast contrast,
        double sameFrame,
        double reward,
        double inverse,
        double divergence,
        double freeNats)
        implements Serializable {

    /**
     * How features are found.
     *
     * @param weight what it counts; 0 leaves it out
     * @param negatives what they are told from
     * @param centred whether only what sets features apart from the mean of the batch counts. Of
     *     pictures that are mostly the same, features are too: without this, training must first
     *     raise the inverse temperature until the rest shows
     * @param initialTheta the softplus of which is the inverse temperature before anything is
     *     learned, in [-10, 10]
     */
    public record Contrast(double weight, Negatives negatives, boolean centred, double initialTheta)
            implements Serializable {

        /**
         * An inverse temperature of 0.1. At the source's 1.31, features that are told apart badly
         * cost more than none at all, so training first makes all alike.
         */
        private static final double LOW_THETA = -2.25;

        public Contrast {
            checkWeight(weight);
            if (!(initialTheta >= -10 && initialTheta <= 10)) {
                throw new IllegalArgumentException(
                        "initialTheta of the contrast is %s, must be in [-10, 10]"
                                .formatted(initialTheta));
            }
        }

        /** That of the source. */
        public static Contrast ofSource() {
            return new Contrast(1, Negatives.ALL, false, 1);
        }

        /** Finds its way from the first update on, also where pictures differ in few pixels. */
        public static Contrast aroundMean() {
            return new Contrast(1, Negatives.ALL, true, LOW_THETA);
        }

        /** The same with another weight. */
        public Contrast weighing(double other) {
            return new Contrast(other, negatives, centred, initialTheta);
        }

        /** The same against others. */
        public Contrast against(Negatives others) {
            return new Contrast(weight, others, centred, initialTheta);
        }
    }

    /** Which other items of the batch a pair must be told from. */
    public enum Negatives {
        ALL,
        /** Of the same sequence: telling scene from scene does not help. */
        SAME_SEQUENCE,
        /** Of the other sequences. */
        OTHER_SEQUENCES;

        /** Whether item {@code other} stands against item {@code one}; items are step-major. */
        boolean admits(int one, int other, int sequences) {
            boolean same = one % sequences == other % sequences;
            return one == other
                    || switch (this) {
                        case ALL -> true;
                        case SAME_SEQUENCE -> same;
                        case OTHER_SEQUENCES -> !same;
                    };
        }
    }

    public LossWeights {
        checkWeight(sameFrame);
        checkWeight(reward);
        checkWeight(inverse);
        checkWeight(divergence);
        checkWeight(freeNats);
    }

    /** Those of the source. */
    public static LossWeights reference() {
        return new LossWeights(Contrast.ofSource(), 0, 1, 1, 0.01, 1);
    }

    /** The same with another contrast. */
    public LossWeights with(Contrast other) {
        return new LossWeights(other, sameFrame, reward, inverse, divergence, freeNats);
    }

    private static void checkWeight(double weight) {
        if (!(weight >= 0 && weight <= 1000)) {
            throw new IllegalArgumentException(
                    "a weight of the losses is %s, must be in [0, 1000]".formatted(weight));
        }
    }
}
