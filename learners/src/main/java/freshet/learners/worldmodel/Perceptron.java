package freshet.learners.worldmodel;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.List;
import java.util.Map;

/**
 * Linear layers with an activation between them, none after the last. Matrices are {@code [in,
 * out]} and start orthogonal, biases at 0.
 *
 * @param name prefix of its parameters
 * @param inputs width of what comes in
 * @param widths of the layers, the output last
 */
record Perceptron(String name, int inputs, List<Integer> widths, Activation activation) {

    Perceptron {
        widths = List.copyOf(widths);
    }

    int outputs() {
        return widths.get(widths.size() - 1);
    }

    void addTo(Layout.Builder layout) {
        int in = inputs;
        for (int layer = 0; layer < widths.size(); layer++) {
            int from = in;
            int to = widths.get(layer);
            layout.addWhole(
                            weight(layer),
                            random -> Orthogonal.matrix(random, from, to, 1),
                            from,
                            to)
                    .add(bias(layer), random -> 0, to);
            in = to;
        }
    }

    /**
     * @param input {@code [N, inputs]}
     * @return {@code [N, outputs]}
     */
    <T> T apply(Ops<T> ops, Map<String, T> parameters, T input) {
        return rest(ops, parameters, addend(ops, parameters, input, 0));
    }

    /**
     * The part of the first layer's matrix that reads inputs from {@code from} on: in a recurrent
     * loop it is cut out once for all steps.
     */
    <T> T part(Ops<T> ops, Map<String, T> parameters, int from, int width) {
        T weight = parameters.get(weight(0));
        return width == inputs ? weight : ops.slice(weight, 0, from, (long) from + width);
    }

    /**
     * What the first layer's sum has from {@code input}; the rest is added by another product: so
     * it can be worked out for all steps at once.
     *
     * @param input {@code [N, width]}: inputs from {@code from} on
     * @return {@code [N, widths[0]]}, the bias included
     */
    <T> T addend(Ops<T> ops, Map<String, T> parameters, T input, int from) {
        int width = Math.toIntExact(ops.shape(input)[1]);
        return ops.addMatmul(parameters.get(bias(0)), input, part(ops, parameters, from, width));
    }

    /** All that follows the first layer's sum. */
    <T> T rest(Ops<T> ops, Map<String, T> parameters, T first) {
        T value = first;
        for (int layer = 1; layer < widths.size(); layer++) {
            value =
                    ops.addMatmul(
                            parameters.get(bias(layer)),
                            activation.apply(ops, value),
                            parameters.get(weight(layer)));
        }
        return value;
    }

    private String weight(int layer) {
        return name + ".weight" + layer;
    }

    private String bias(int layer) {
        return name + ".bias" + layer;
    }
}
