package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;
import freshet.learners.worldmodel.LossWeights.Negatives;

/**
 * Picks the observation that belongs to a prediction out of those of the batch, and the other way
 * round (InfoNCE, symmetric).
 *
 * <p>Source: van den Oord, Li and Vinyals (arXiv:1807.03748) in the form of CoRe (arXiv:2112.01163)
 * and its code: no projection, no momentum encoder, gradient into both sides. Differs: the mask
 * that leaves out the own sequence does so, where the released code's has no effect.
 */
final class ContrastiveLoss {

    private static final float NEVER = -1e9f; // a logit whose share is 0 in 32 bits

    private ContrastiveLoss() {}

    /**
     * @param observed {@code [N, D]}
     * @param predicted {@code [N, D]}; row i belongs to row i of observed
     * @param theta scalar; its softplus multiplies the similarities (the inverse temperature)
     * @param sequences B; row t B + b is step t of sequence b
     * @return scalar, in nats; {@code ln N} when nothing can be told from anything else and all are
     *     negatives
     */
    static <T> T symmetric(
            Ops<T> ops, T observed, T predicted, T theta, Negatives negatives, int sequences) {
        T scale = ops.softplus(theta);
        T logits = // [N, N], a row an observation
                ops.multiply(ops.matmul(observed, ops.transpose(predicted, 0, 1)), scale);
        if (negatives != Negatives.ALL) {
            logits = ops.add(logits, mask(ops, rows(ops, observed), negatives, sequences, false));
        }
        T own = ops.meanAll(ops.multiply(pairs(ops, observed, predicted), scale));
        T byRow = ops.meanAll(ops.logSumExp(logits, false, 1));
        T byColumn = ops.meanAll(ops.logSumExp(logits, false, 0));
        return ops.subtract(ops.multiply(ops.add(byRow, byColumn), 0.5), own);
    }

    /**
     * Share of observations that are more similar to their own prediction than to any admitted
     * other; a tie counts as wrong. No gradient.
     */
    static <T> T accuracy(Ops<T> ops, T observed, T predicted, Negatives negatives, int sequences) {
        T x = ops.stopGradient(observed);
        T y = ops.stopGradient(predicted);
        T others =
                ops.add(
                        ops.matmul(x, ops.transpose(y, 0, 1)),
                        mask(ops, rows(ops, x), negatives, sequences, true));
        return ops.meanAll(ops.greater(pairs(ops, x, y), ops.max(others, false, 1)));
    }

    /** Similarity of each pair: {@code [N]}. */
    private static <T> T pairs(Ops<T> ops, T observed, T predicted) {
        return ops.sum(ops.multiply(observed, predicted), false, 1);
    }

    private static <T> int rows(Ops<T> ops, T tensor) {
        return Math.toIntExact(ops.shape(tensor)[0]);
    }

    private static <T> T mask(
            Ops<T> ops, int rows, Negatives negatives, int sequences, boolean withoutOwn) {
        float[] mask = new float[rows * rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                boolean out = !negatives.admits(i, j, sequences) || withoutOwn && i == j;
                mask[i * rows + j] = out ? NEVER : 0;
            }
        }
        return ops.constant(mask, rows, rows);
    }
}
