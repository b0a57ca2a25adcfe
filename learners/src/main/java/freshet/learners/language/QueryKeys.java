package freshet.learners.language;

import freshet.learners.tensor.Layout;
import java.util.Arrays;

/**
 * The queries' and keys' weights of single heads within a layer's matrix {@code [D, 3 D]}: queries,
 * keys and values side by side, in each head after head, E columns a head.
 */
final class QueryKeys {

    private final LanguageModelConfig config;
    private final Layout layout;
    private final int headWidth; // E
    private final int[] matrices; // offset of each layer's

    QueryKeys(LanguageModelConfig config, Layout layout) {
        this.config = config;
        this.layout = layout;
        this.headWidth = config.width() / config.heads();
        matrices = new int[config.layers()];
        Arrays.setAll(matrices, layer -> layout.entry(matrix(layer)).offset());
    }

    static String matrix(int layer) {
        return LanguageModelConfig.prefix(layer) + Reparameterisation.MATRICES.get(0);
    }

    /**
     * Multiplies a head's logits. Queries and keys that are normed have a learned scale to take it;
     * else each takes the root of it.
     *
     * @param factor at least 0
     */
    void scale(float[] weights, int layer, int head, double factor) {
        if (config.normalisedQueriesAndKeys()) {
            String scale = LanguageModelConfig.prefix(layer) + "attentionScale";
            int at = layout.entry(scale).offset() + head;
            weights[at] = (float) (weights[at] * factor);
            return;
        }
        double root = Math.sqrt(factor);
        for (int row = 0; row < config.width(); row++) {
            for (int part = 0; part < 2; part++) {
                int at = first(layer, head, part) + row * 3 * config.width();
                for (int i = at; i < at + headWidth; i++) {
                    weights[i] = (float) (weights[i] * root);
                }
            }
        }
    }

    /** Index of a head's first query (part 0) or key weight (part 1). */
    private int first(int layer, int head, int part) {
        return matrices[layer] + part * config.width() + head * headWidth;
    }

    /**
     * One step of power iteration on {@code Wq Wk^T / sqrt(E)}.
     *
     * @param right {@code [D]} of length 1; overwritten with the next one
     * @return the estimate of the largest singular value
     */
    double spectralNorm(float[] weights, int layer, int head, double[] right) {
        double[] left =
                unit(times(weights, layer, head, 0, transposed(weights, layer, head, 1, right)));
        double[] next = times(weights, layer, head, 1, transposed(weights, layer, head, 0, left));
        double norm = norm(next);
        for (int i = 0; i < right.length; i++) {
            right[i] = norm > 0 ? next[i] / norm : 1 / Math.sqrt(right.length);
        }
        return norm / Math.sqrt(headWidth);
    }

    /** The head's queries or keys {@code [D, E]} times a vector {@code [E]}. */
    private double[] times(float[] weights, int layer, int head, int part, double[] vector) {
        double[] product = new double[config.width()];
        for (int row = 0; row < product.length; row++) {
            int at = first(layer, head, part) + row * 3 * config.width();
            for (int i = 0; i < headWidth; i++) {
                product[row] += weights[at + i] * vector[i];
            }
        }
        return product;
    }

    private double[] transposed(float[] weights, int layer, int head, int part, double[] vector) {
        double[] product = new double[headWidth];
        for (int row = 0; row < vector.length; row++) {
            int at = first(layer, head, part) + row * 3 * config.width();
            for (int i = 0; i < headWidth; i++) {
                product[i] += weights[at + i] * vector[row];
            }
        }
        return product;
    }

    private static double[] unit(double[] vector) {
        double norm = norm(vector);
        return norm > 0 ? Arrays.stream(vector).map(value -> value / norm).toArray() : vector;
    }

    private static double norm(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}
