package freshet.learners.selftraining;

import freshet.learners.tensor.Inputs;

/** Inputs of a {@link ClassifierProgram}. */
final class Layers {

    private Layers() {}

    /** {@code count} representations at a layer, to start from. */
    static Inputs input(LayeredNetwork network, int layer, float[] values, int count) {
        return new Inputs()
                .put(ClassifierProgram.LAYER + layer, values, batch(network, layer, count));
    }

    static long[] batch(LayeredNetwork network, int layer, int count) {
        long[] one = network.shape(layer);
        long[] shape = new long[one.length + 1];
        shape[0] = count;
        System.arraycopy(one, 0, shape, 1, one.length);
        return shape;
    }
}
