package freshet.learners.worldmodel;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A perceptron whose output, normed as one, is split into means and logarithms of deviations. */
record LatentHead(Perceptron layers) {

    /**
     * @param latent Z
     */
    static LatentHead of(String name, int inputs, List<Integer> hidden, int latent) {
        var widths = new ArrayList<>(hidden);
        widths.add(2 * latent);
        return new LatentHead(new Perceptron(name, inputs, widths, Activation.ELU));
    }

    void addTo(Layout.Builder layout) {
        layers.addTo(layout);
        layout.add(gain(), random -> 1, layers.outputs())
                .add(shift(), random -> 0, layers.outputs());
    }

    /**
     * @param first the first layer's sum, {@code [N, widths[0]]}
     */
    <T> Gaussian<T> rest(Ops<T> ops, Map<String, T> parameters, T first) {
        T normed =
                ops.layerNorm(
                        layers.rest(ops, parameters, first),
                        parameters.get(gain()),
                        parameters.get(shift()),
                        Gaussian.NORM_EPSILON);
        return Gaussian.split(ops, normed);
    }

    <T> Gaussian<T> apply(Ops<T> ops, Map<String, T> parameters, T input) {
        return rest(ops, parameters, layers.addend(ops, parameters, input, 0));
    }

    private String gain() {
        return layers.name() + ".gain";
    }

    private String shift() {
        return layers.name() + ".shift";
    }
}
