package freshet.encoders.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network that is run as far as one of its layers.
 *
 * <p>Working memory comes from DL4J's workspaces, one a thread, as large as the largest layer
 * needs; what it returns outside of them is closed here and not left to the collector, which does
 * not see how large it is.
 *
 * <p>Not thread-safe: layers hold what they are given.
 */
interface Forward {

    /** Names of the layers from the input on, or their indices where they have none. */
    List<String> layers();

    /**
     * Activations of a layer, as they lie in memory, in order of its dimensions.
     *
     * @param input for one image; is closed
     * @param layer index into {@link #layers}
     */
    float[] activations(INDArray input, int layer);

    /** Layers in a row. */
    record Row(MultiLayerNetwork network) implements Forward {

        @Override
        public List<String> layers() {
            var names = new ArrayList<String>();
            for (Layer layer : network.getLayers()) {
                String name = layer.conf().getLayer().getLayerName();
                names.add(name == null ? String.valueOf(names.size()) : name);
            }
            return names;
        }

        @Override
        public float[] activations(INDArray input, int layer) {
            List<INDArray> all = List.of();
            try {
                all = network.feedForwardToLayer(layer, input, false);
                return all.get(layer + 1).dup('c').ravel().toFloatVector();
            } finally {
                network.clear();
                all.forEach(Forward::close);
                close(input);
            }
        }
    }

    /** A graph of layers with one input. */
    record Graph(ComputationGraph network) implements Forward {

        @Override
        public List<String> layers() {
            var names = new ArrayList<String>();
            for (int index : network.topologicalSortOrder()) {
                if (network.getVertices()[index].hasLayer()) {
                    names.add(network.getVertices()[index].getVertexName());
                }
            }
            return names;
        }

        @Override
        public float[] activations(INDArray input, int layer) {
            INDArray[] one = {};
            try {
                one =
                        network.output(
                                List.of(layers().get(layer)), false, new INDArray[] {input}, null);
                return one[0].dup('c').ravel().toFloatVector();
            } finally {
                network.clear();
                for (INDArray array : one) {
                    close(array);
                }
                close(input);
            }
        }
    }

    /**
     * A map is often a view of a buffer that nothing else holds: so it is the buffer that is
     * closed.
     */
    private static void close(INDArray array) {
        DataBuffer data = array.data();
        DataBuffer whole = data.originalDataBuffer() == null ? data : data.originalDataBuffer();
        if (!array.isAttached() && !whole.wasClosed() && whole.closeable()) {
            whole.close();
        }
    }
}
