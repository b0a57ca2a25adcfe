package freshet.learners.vision;

import freshet.learners.selftraining.LayeredNetwork;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A small picture classifier: three blocks of convolution (5 x 5, then 3 x 3 twice, stride 2 each),
 * group normalisation and ReLU, then one linear layer. Layer {@code l} is the input of block {@code
 * l}; the last, 3, that of the linear layer.
 *
 * @param channels of the picture, in [1, 4]
 * @param height of the picture in pixels, in [8, 1024]
 * @param width of the picture in pixels, in [8, 1024]
 * @param classes C, in [2, 10000]
 * @param firstWidth channels after the first block; each width is divisible by groups
 * @param secondWidth channels after the second block
 * @param thirdWidth channels after the third block
 * @param groups of channels that are normed together, in [1, 1024]
 */
public record ConvolutionalNetwork(
        int channels,
        int height,
        int width,
        int classes,
        int firstWidth,
        int secondWidth,
        int thirdWidth,
        int groups)
        implements LayeredNetwork {

    private static final int BLOCKS = 3;
    private static final int STRIDE = 2;
    private static final double NORM_EPSILON = 1e-5;

    public ConvolutionalNetwork {
        check("model.channels", channels, 1, 4);
        check("model.height", height, 8, 1024);
        check("model.width", width, 8, 1024);
        check("model.classes", classes, 2, 10_000);
        check("model.groups", groups, 1, 1024);
        for (int blockWidth : new int[] {firstWidth, secondWidth, thirdWidth}) {
            check("a block's width", blockWidth, groups, 1024);
            if (blockWidth % groups != 0) {
                throw new IllegalArgumentException(
                        "a block's width is %d, must be divisible by model.groups = %d"
                                .formatted(blockWidth, groups));
            }
        }
    }

    /** 19,600 weights for grey pictures of 28 x 28 in ten classes. */
    public static ConvolutionalNetwork defaults(int height, int width, int classes) {
        return new ConvolutionalNetwork(1, height, width, classes, 16, 32, 32, 4);
    }

    @Override
    public String fingerprint() {
        return "convolutional channels=%d height=%d width=%d classes=%d widths=%d/%d/%d groups=%d"
                .formatted(
                        channels,
                        height,
                        width,
                        classes,
                        firstWidth,
                        secondWidth,
                        thirdWidth,
                        groups);
    }

    /** Weights start uniform within 1 / sqrt(inputs of one output), gains at 1, shifts at 0. */
    @Override
    public Layout.Builder layout() {
        var layout = new Layout.Builder();
        for (int block = 0; block < BLOCKS; block++) {
            int in = channelsAt(block);
            int out = channelsAt(block + 1);
            int kernel = kernel(block);
            ToDoubleFunction<CounterRandom> initial = uniform(in * kernel * kernel);
            layout.add(prefix(block) + "kernel", initial, out, in, kernel, kernel)
                    .add(prefix(block) + "bias", initial, out)
                    .add(prefix(block) + "gain", random -> 1, out)
                    .add(prefix(block) + "shift", random -> 0, out);
        }
        int features = features();
        return layout.add("output", uniform(features), features, classes)
                .add("outputBias", uniform(features), classes);
    }

    private static ToDoubleFunction<CounterRandom> uniform(int inputs) {
        double bound = 1 / Math.sqrt(inputs);
        return random -> bound * (2 * random.nextDouble() - 1);
    }

    @Override
    public int layers() {
        return BLOCKS;
    }

    @Override
    public long[] shape(int layer) {
        long high = height;
        long wide = width;
        for (int block = 0; block < layer; block++) {
            high = (high - 1) / STRIDE + 1;
            wide = (wide - 1) / STRIDE + 1;
        }
        return new long[] {channelsAt(layer), high, wide};
    }

    @Override
    public String firstParameter(int layer) {
        return layer == BLOCKS ? "output" : prefix(layer) + "kernel";
    }

    @Override
    public <T> T block(Ops<T> ops, Map<String, T> parameters, int block, T input) {
        T convolved =
                ops.conv2d(
                        input,
                        parameters.get(prefix(block) + "kernel"),
                        parameters.get(prefix(block) + "bias"),
                        STRIDE,
                        kernel(block) / 2);
        return ops.relu(
                ops.groupNorm(
                        convolved,
                        parameters.get(prefix(block) + "gain"),
                        parameters.get(prefix(block) + "shift"),
                        groups,
                        NORM_EPSILON));
    }

    @Override
    public <T> T logits(Ops<T> ops, Map<String, T> parameters, T input) {
        T flat = ops.reshape(input, ops.shape(input)[0], features());
        return ops.add(ops.matmul(flat, parameters.get("output")), parameters.get("outputBias"));
    }

    private int features() {
        long[] shape = shape(BLOCKS);
        return Math.toIntExact(shape[0] * shape[1] * shape[2]);
    }

    private int channelsAt(int layer) {
        return switch (layer) {
            case 0 -> channels;
            case 1 -> firstWidth;
            case 2 -> secondWidth;
            default -> thirdWidth;
        };
    }

    private static int kernel(int block) {
        return block == 0 ? 5 : 3;
    }

    private static String prefix(int block) {
        return "block" + block + ".";
    }

    private static void check(String option, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s is %d, must be in [%d, %d]".formatted(option, value, low, high));
        }
    }
}
