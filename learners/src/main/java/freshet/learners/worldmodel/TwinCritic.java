package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two critics of one shape, worked out together: matrices are {@code [2, in, out]}.
 *
 * @param inputs width of state and action together
 * @param hidden layers
 */
record TwinCritic(String name, int inputs, List<Integer> hidden) {

    private static final int CRITICS = 2;

    private List<Integer> widths() {
        var widths = new ArrayList<>(hidden);
        widths.add(1);
        return widths;
    }

    void addTo(Layout.Builder layout) {
        int in = inputs;
        int layer = 0;
        for (int out : widths()) {
            int from = in;
            layout.addWhole(weight(layer), random -> twice(random, from, out), CRITICS, from, out)
                    .add(bias(layer), random -> 0, CRITICS, 1, out);
            in = out;
            layer++;
        }
    }

    private static float[] twice(CounterRandom random, int in, int out) {
        float[] both = new float[CRITICS * in * out];
        for (int critic = 0; critic < CRITICS; critic++) {
            float[] one = Orthogonal.matrix(random, in, out, 1);
            System.arraycopy(one, 0, both, critic * one.length, one.length);
        }
        return both;
    }

    /**
     * @param states {@code [N, state]}
     * @param actions {@code [N, A]}
     * @return {@code [2, N]}
     */
    <T> T values(Ops<T> ops, Map<String, T> parameters, T states, T actions) {
        T value = ops.concat(List.of(states, actions), 1);
        int layers = hidden.size() + 1;
        for (int layer = 0; layer < layers; layer++) {
            value =
                    ops.add(
                            ops.matmul(value, parameters.get(weight(layer))),
                            parameters.get(bias(layer)));
            value = layer < layers - 1 ? ops.relu(value) : value;
        }
        return ops.reshape(value, CRITICS, ops.shape(states)[0]);
    }

    private String weight(int layer) {
        return name + ".weight" + layer;
    }

    private String bias(int layer) {
        return name + ".bias" + layer;
    }
}
