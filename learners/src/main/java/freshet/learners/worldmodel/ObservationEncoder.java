package freshet.learners.worldmodel;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pictures, and what a robot feels, to features: see {@link WorldModelConfig.Encoder}. */
final class ObservationEncoder {

    private static final int KERNEL = 3;
    private static final double SCALE = 1 / 255.0;

    private final WorldModelConfig.Encoder config;
    private final List<long[]> sizes = new ArrayList<>(); // height and width before each layer
    private final int flat;
    private final Perceptron linear;
    private final Perceptron proprioception; // null if there is none

    ObservationEncoder(WorldModelConfig.Encoder config) {
        this.config = config;
        long height = config.height();
        long width = config.width();
        for (int stride : config.strides()) {
            sizes.add(new long[] {height, width});
            height = (height - KERNEL) / stride + 1;
            width = (width - KERNEL) / stride + 1;
        }
        sizes.add(new long[] {height, width});
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "pictures of %d x %d are too small for %d convolutions"
                            .formatted(config.height(), config.width(), config.filters().size()));
        }
        flat = Math.toIntExact(height * width * filters(config.filters().size()));
        linear =
                new Perceptron("encoder.linear", flat, List.of(config.features()), Activation.RELU);
        proprioception =
                config.proprioception() == 0
                        ? null
                        : new Perceptron(
                                "encoder.proprioception",
                                config.proprioception(),
                                config.proprioceptionWidths(),
                                Activation.ELU);
    }

    private int filters(int layer) {
        return layer == 0 ? config.channels() : config.filters().get(layer - 1);
    }

    /** F, of picture and proprioception. */
    int features() {
        return config.features() + (proprioception == null ? 0 : proprioception.outputs());
    }

    /** Pixels along the height before each convolution and after the last. */
    long[] heights() {
        return sizes.stream().mapToLong(size -> size[0]).toArray();
    }

    void addTo(Layout.Builder layout) {
        for (int layer = 0; layer < config.filters().size(); layer++) {
            int in = filters(layer);
            int out = filters(layer + 1);
            layout.addWhole(
                            kernel(layer),
                            random ->
                                    Orthogonal.kernels(
                                            random, config.initialKernels(), out, in, KERNEL),
                            out,
                            in,
                            KERNEL,
                            KERNEL)
                    .add(bias(layer), random -> 0, out);
        }
        linear.addTo(layout);
        if (proprioception != null) {
            proprioception.addTo(layout);
        }
    }

    /** Multiplications with additions for one picture, proprioception left out. */
    long multiplyAdds() {
        long sum = (long) flat * config.features();
        for (int layer = 0; layer < config.filters().size(); layer++) {
            long[] after = sizes.get(layer + 1);
            long each = (long) filters(layer) * KERNEL * KERNEL * filters(layer + 1);
            sum += each * after[0] * after[1];
        }
        return sum;
    }

    /**
     * @param pictures {@code [N, C, height, width]} in [0, 255]
     * @param felt {@code [N, P]}; null if P is 0
     * @return {@code [N, F]}
     */
    <T> T encode(Ops<T> ops, Map<String, T> parameters, T pictures, T felt) {
        T layer = ops.multiply(pictures, SCALE);
        for (int i = 0; i < config.filters().size(); i++) {
            layer =
                    ops.relu(
                            ops.conv2d(
                                    layer,
                                    parameters.get(kernel(i)),
                                    parameters.get(bias(i)),
                                    config.strides().get(i),
                                    0));
        }
        T rows = ops.reshape(layer, ops.shape(pictures)[0], flat);
        T seen = ops.layerNorm(linear.apply(ops, parameters, rows), Gaussian.NORM_EPSILON);
        return proprioception == null
                ? seen
                : ops.concat(
                        List.of(seen, ops.elu(proprioception.apply(ops, parameters, felt))), 1);
    }

    private static String kernel(int layer) {
        return "encoder.kernel" + layer;
    }

    private static String bias(int layer) {
        return "encoder.bias" + layer;
    }
}
