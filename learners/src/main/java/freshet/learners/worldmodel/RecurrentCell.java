package freshet.learners.worldmodel;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.List;
import java.util.Map;

/**
 * A gated recurrent unit whose gates share one matrix and one layer norm.
 *
 * <p>Source: Hafner et al., "Mastering Atari with discrete world models" (arXiv:2010.02193) and its
 * code. Differs from the usual unit: reset multiplies the whole of the candidate, the part from the
 * input too; update is the share of the candidate, not of the old state, and starts low.
 *
 * @param inputs width of the input
 * @param hidden H, width of the state
 */
record RecurrentCell(String name, int inputs, int hidden) {

    private static final double UPDATE_BIAS = -1;

    void addTo(Layout.Builder layout) {
        layout.addWhole(
                        name + ".weight",
                        random -> Orthogonal.matrix(random, inputs + hidden, 3 * hidden, 1),
                        inputs + hidden,
                        3L * hidden)
                .add(name + ".gain", random -> 1, 3L * hidden)
                .add(name + ".shift", random -> 0, 3L * hidden);
    }

    /**
     * @param input {@code [B, inputs]}
     * @param state {@code [B, H]}
     * @return {@code [B, H]}
     */
    <T> T next(Ops<T> ops, Map<String, T> parameters, T input, T state) {
        T sums = ops.matmul(ops.concat(List.of(input, state), 1), parameters.get(name + ".weight"));
        T normed =
                ops.layerNorm(
                        sums,
                        parameters.get(name + ".gain"),
                        parameters.get(name + ".shift"),
                        Gaussian.NORM_EPSILON);
        List<T> gates = ops.split(normed, 1, hidden);
        T reset = ops.sigmoid(gates.get(0));
        T candidate = ops.tanh(ops.multiply(reset, gates.get(1)));
        T update = ops.sigmoid(ops.add(gates.get(2), UPDATE_BIAS));
        return ops.add(state, ops.multiply(update, ops.subtract(candidate, state)));
    }
}
