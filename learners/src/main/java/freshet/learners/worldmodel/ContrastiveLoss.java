package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;
import freshet.learners.worldmodel.LossWeights.Contrast;
import freshet.learners.worldmodel.LossWeights.Negatives;

/**
 * Picks the observation that belongs to a prediction out of those of the batch, and the other way
 * round (InfoNCE, symmetric).
 *
 * <p>Source: van den Oord, Li and Vinyals (arXiv:1807.03748) in the form of CoRe (arXiv:2112.01163)
 * and its code: no projection, no momentum encoder, gradient into both sides. Differs: the mask
 * that leaves out the own sequence does so, where the released code's has no effect; {@link
 * Contrast#centred} is not in the source.
 */
final class ContrastiveLoss {

    private static final float NEVER = -1e9f; // a logit whose share is 0 in 32 bits

    private ContrastiveLoss() {}

    /**
     * @param observed {@code [N, D]}
     * @param predicted {@code [N, D]}; row i belongs to row i of observed
     * @param theta scalar; its softplus multiplies the similarities (the inverse temperature)
     * @param contrast its weight is not applied
     * @param sequences B; row t B + b is step t of sequence b
     * @return scalar, in nats; {@code ln N} when nothing can be told from anything else and all are
     *     negatives
     */
    static <T> T symmetric(
            Ops<T> ops, T observed, T predicted, T theta, Contrast contrast, int sequences) {
        T scale = ops.softplus(theta);
        T middle = middle(ops, observed, contrast);
        T x = from(ops, middle, observed);
        T y = from(ops, middle, predicted);
        T logits = // [N, N], a row an observation
                ops.multiply(ops.matmul(x, ops.transpose(y, 0, 1)), scale);
        if (contrast.negatives() != Negatives.ALL) {
            logits =
                    ops.add(
                            logits,
                            mask(ops, rows(ops, x), contrast.negatives(), sequences, false));
        }
        T own = ops.meanAll(ops.multiply(pairs(ops, x, y), scale));
        T byRow = ops.meanAll(ops.logSumExp(logits, false, 1));
        T byColumn = ops.meanAll(ops.logSumExp(logits, false, 0));
        return ops.subtract(ops.multiply(ops.add(byRow, byColumn), 0.5), own);
    }

    /**
     * Share of observations that are more similar to their own prediction than to any admitted
     * other; a tie counts as wrong. No gradient.
     */
    static <T> T accuracy(Ops<T> ops, T observed, T predicted, Contrast contrast, int sequences) {
        T seen = ops.stopGradient(observed);
        T middle = middle(ops, seen, contrast);
        T x = from(ops, middle, seen);
        T y = from(ops, middle, ops.stopGradient(predicted));
        T others =
                ops.add(
                        ops.matmul(x, ops.transpose(y, 0, 1)),
                        mask(ops, rows(ops, x), contrast.negatives(), sequences, true));
        return ops.meanAll(ops.greater(pairs(ops, x, y), ops.max(others, false, 1)));
    }

    /** Mean of the observed: {@code [1, D]}; null if the contrast is not centred. */
    private static <T> T middle(Ops<T> ops, T observed, Contrast contrast) {
        return contrast.centred() ? ops.mean(observed, true, 0) : null;
    }

    /** What sets features apart from the middle, brought back to their length. */
    private static <T> T from(Ops<T> ops, T middle, T features) {
        return middle == null
                ? features
                : ops.layerNorm(ops.subtract(features, middle), Gaussian.NORM_EPSILON);
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
