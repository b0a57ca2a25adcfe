package freshet.learners.worldmodel;

import java.io.Serializable;

/**
 * What each loss of the world model counts; 0 leaves it out.
 *
 * @param contrast finding the features of the present frame from history and last action
 * @param negatives what they are told from
 * @param sameFrame finding those of the same frame in a second view, which it needs; goes with the
 *     contrast, so it too is left out with that
 * @param reward of an action
 * @param inverse the action between two states
 * @param divergence between what is believed before and after a look, in nats
 * @param freeNats of the divergence that cost nothing, in [0, 1000]
 */
public record LossWeights(
        double contrast,
        Negatives negatives,
        double sameFrame,
        double reward,
        double inverse,
        double divergence,
        double freeNats)
        implements Serializable {

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
        for (double weight :
                new double[] {contrast, sameFrame, reward, inverse, divergence, freeNats}) {
            if (!(weight >= 0 && weight <= 1000)) {
                throw new IllegalArgumentException(
                        "a weight of the losses is %s, must be in [0, 1000]".formatted(weight));
            }
        }
    }

    /** Those of the source. */
    public static LossWeights reference() {
        return new LossWeights(1, Negatives.ALL, 0, 1, 1, 0.01, 1);
    }
}
