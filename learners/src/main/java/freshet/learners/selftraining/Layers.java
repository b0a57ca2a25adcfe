package freshet.learners.selftraining;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Session;
import java.util.Set;

/** Inputs of a {@link ClassifierProgram}, and the way to a layer. */
final class Layers {

    private Layers() {}

    /** {@code count} representations at a layer, to start from. */
    static Inputs input(LayeredNetwork network, int layer, float[] values, int count) {
        return new Inputs()
                .put(ClassifierProgram.LAYER + layer, values, batch(network, layer, count));
    }

    /** Representations of {@code count} examples at a layer: themselves at 0. */
    static float[] encode(
            Session session, LayeredNetwork network, float[] examples, int layer, int count) {
        if (layer == 0) {
            return examples;
        }
        String wanted = ClassifierProgram.LAYER + layer;
        Inputs inputs =
                input(network, 0, examples, count)
                        .put(ClassifierProgram.STOP + layer, new float[] {1}, 1);
        return session.run(inputs, Set.of(wanted)).get(wanted);
    }

    static long[] batch(LayeredNetwork network, int layer, int count) {
        long[] one = network.shape(layer);
        long[] shape = new long[one.length + 1];
        shape[0] = count;
        System.arraycopy(one, 0, shape, 1, one.length);
        return shape;
    }
}
