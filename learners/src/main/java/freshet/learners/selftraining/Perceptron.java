package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A classifier of plain numbers: blocks of a linear layer and ReLU, all of one width, then one
 * linear layer.
 *
 * @param inputs numbers of an example, in [1, 100000]
 * @param width of each block's output, in [1, 10000]
 * @param blocks in [1, 100]
 * @param classes C, in [2, 10000]
 */
public record Perceptron(int inputs, int width, int blocks, int classes) implements LayeredNetwork {

    public Perceptron {
        check("model.inputs", inputs, 1, 100_000);
        check("model.width", width, 1, 10_000);
        check("model.blocks", blocks, 1, 100);
        check("model.classes", classes, 2, 10_000);
    }

    @Override
    public String fingerprint() {
        return "perceptron inputs=%d width=%d blocks=%d classes=%d"
                .formatted(inputs, width, blocks, classes);
    }

    /** Weights start uniform within 1 / sqrt(inputs of one output). */
    @Override
    public Layout.Builder layout() {
        var layout = new Layout.Builder();
        for (int block = 0; block < blocks; block++) {
            int in = size(block);
            layout.add(weight(block), uniform(in), in, width).add(bias(block), uniform(in), width);
        }
        return layout.add("output", uniform(width), width, classes)
                .add("outputBias", uniform(width), classes);
    }

    private static ToDoubleFunction<CounterRandom> uniform(int inputs) {
        double bound = 1 / Math.sqrt(inputs);
        return random -> bound * (2 * random.nextDouble() - 1);
    }

    @Override
    public int layers() {
        return blocks;
    }

    @Override
    public long[] shape(int layer) {
        return new long[] {layer == 0 ? inputs : width};
    }

    @Override
    public String firstParameter(int layer) {
        return layer == blocks ? "output" : weight(layer);
    }

    @Override
    public <T> T block(Ops<T> ops, Map<String, T> parameters, int block, T input) {
        T product = ops.matmul(input, parameters.get(weight(block)));
        return ops.relu(ops.add(product, parameters.get(bias(block))));
    }

    @Override
    public <T> T logits(Ops<T> ops, Map<String, T> parameters, T input) {
        return ops.add(ops.matmul(input, parameters.get("output")), parameters.get("outputBias"));
    }

    private static String weight(int block) {
        return "block" + block + ".weight";
    }

    private static String bias(int block) {
        return "block" + block + ".bias";
    }

    private static void check(String option, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s is %d, must be in [%d, %d]".formatted(option, value, low, high));
        }
    }
}
