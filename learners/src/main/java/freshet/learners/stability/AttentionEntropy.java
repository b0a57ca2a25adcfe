package freshet.learners.stability;

/**
 * Entropy of one row of attention, in nats: 0 if all weight is on one key, {@code ln T} if T keys
 * share it evenly.
 */
public final class AttentionEntropy {

    private AttentionEntropy() {}

    /**
     * Entropy of {@code softmax(logits)}, computed from the logits as {@code lse(z) - sum a z}.
     *
     * @param logits of the keys that the row may attend to: leave masked ones out
     */
    public static double nats(double... logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            most = Math.max(most, logit);
        }
        double total = 0;
        double weighted = 0;
        for (double logit : logits) {
            double share = Math.exp(logit - most);
            total += share;
            weighted += share * (logit - most);
        }
        return Math.log(total) - weighted / total;
    }

    /**
     * Entropy as a share of {@code ln T}, in [0, 1].
     *
     * @param keys T, at least 2: a row with one key has no normalised entropy
     */
    public static double normalised(double nats, int keys) {
        if (keys < 2) {
            throw new IllegalArgumentException(
                    "normalised entropy needs 2 keys, the row has %d".formatted(keys));
        }
        return nats / Math.log(keys);
    }

    /** Euclidean norm of the logits less their mean: the r of {@link #bound}. */
    public static double centredNorm(double... logits) {
        double mean = 0;
        for (double logit : logits) {
            mean += logit / logits.length;
        }
        double squares = 0;
        for (double logit : logits) {
            squares += (logit - mean) * (logit - mean);
        }
        return Math.sqrt(squares);
    }

    /**
     * Lowest entropy that a row of T logits can have: one high logit, T - 1 equal low ones. Any
     * upper bound of the row's centred norm may be given, such as the spectral norm of the head's
     * whole logit matrix.
     *
     * @param keys T, at least 1
     * @param norm r, at least 0
     */
    public static double bound(int keys, double norm) {
        if (keys < 2) {
            return 0;
        }
        double others = keys - 1.0;
        double gap = norm * Math.sqrt(keys / others);
        double low = others * Math.exp(-gap);
        return Math.log1p(low) + gap * low / (1 + low);
    }
}
