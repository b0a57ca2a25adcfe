package freshet.learners.stability;

/**
 * How much of each input token is in each output token, if every layer passes on what it attends to
 * and, by its residual connection, what it had.
 *
 * <p>Source: Abnar and Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020
 * (arXiv:2005.00928). Heads are averaged first. The network in between (values, feed-forward) does
 * not enter: this says where attention could have carried a token from, not what was made of it.
 *
 * <p>Shapes: L layers, the lowest first, H heads, n positions. Attention is {@code [n, n]}, row i
 * what position i takes from each position below.
 */
public final class AttentionRollout {

    private AttentionRollout() {}

    /**
     * Mean over heads, {@code [n, n]}.
     *
     * @param heads {@code [H, n, n]}, at least one
     */
    public static double[][] meanOfHeads(double[][][] heads) {
        int positions = heads[0].length;
        double[][] mean = new double[positions][positions];
        for (double[][] head : heads) {
            for (int i = 0; i < positions; i++) {
                for (int j = 0; j < positions; j++) {
                    mean[i][j] += head[i][j] / heads.length;
                }
            }
        }
        return mean;
    }

    /**
     * Attention with the residual connection, {@code [n, n]}: {@code (A + I)}, each row divided by
     * its sum. Rows of A need not sum to 1 (masks, pruned heads); those of the result do.
     *
     * @throws IllegalArgumentException if A is not square, or a share is negative or not finite
     */
    public static double[][] withResidual(double[][] attention) {
        int positions = attention.length;
        double[][] mixed = new double[positions][];
        for (int i = 0; i < positions; i++) {
            if (attention[i].length != positions) {
                throw new IllegalArgumentException(
                        "attention has %d rows, but row %d has %d keys"
                                .formatted(positions, i, attention[i].length));
            }
            mixed[i] = attention[i].clone();
            double sum = 1;
            for (double share : mixed[i]) {
                if (!(share >= 0) || share == Double.POSITIVE_INFINITY) {
                    throw new IllegalArgumentException(
                            "row %d of attention holds %s, must be at least 0".formatted(i, share));
                }
                sum += share;
            }
            mixed[i][i] += 1;
            for (int j = 0; j < positions; j++) {
                mixed[i][j] /= sum;
            }
        }
        return mixed;
    }

    /**
     * Relevance of every input for every output, {@code [n, n]}; rows sum to 1.
     *
     * @param layers {@code [L, n, n]}, at least one
     * @throws IllegalArgumentException see {@link #withResidual}
     */
    public static double[][] of(double[][][] layers) {
        double[][] rollout = new double[layers[0].length][];
        for (int position = 0; position < rollout.length; position++) {
            rollout[position] = row(layers, position);
        }
        return rollout;
    }

    /**
     * Relevance of every input for one output, {@code [n]}, in O(L n^2): a row of {@link #of}.
     *
     * @param layers {@code [L, n, n]}, at least one
     */
    public static double[] row(double[][][] layers, int position) {
        int positions = layers[0].length;
        double[] relevance = new double[positions];
        relevance[position] = 1;
        for (int layer = layers.length - 1; layer >= 0; layer--) {
            double[][] mixed = withResidual(layers[layer]);
            double[] below = new double[positions];
            for (int i = 0; i < positions; i++) {
                for (int j = 0; j < positions; j++) {
                    below[j] += relevance[i] * mixed[i][j];
                }
            }
            relevance = below;
        }
        return relevance;
    }
}
