package freshet.encoders.dl4j;

import freshet.learners.vision.ImageForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * A network that was read from a file, DL4J's zip or Keras's HDF5, told apart by their first bytes.
 *
 * @param order how an image lies in its input
 */
record NetworkFile(Forward network, ImageOrder order) {

    private static final int ZIP = 0x504b; // "PK"
    private static final int HDF5 = 0x8948; // "\211H"

    /**
     * Reads a network that takes images of a form.
     *
     * @throws IllegalArgumentException if it does not, or is no network that can be read
     */
    static NetworkFile read(Path file, ImageForm form) throws IOException {
        int magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = in.read() << 8 | in.read();
        }
        return switch (magic) {
            case ZIP -> readZip(file);
            case HDF5 -> {
                KerasFile keras = KerasFile.read(file);
                keras.check(form);
                yield new NetworkFile(keras.network(), keras.order());
            }
            default ->
                    throw new IllegalArgumentException(
                            file + " is neither a zip of DL4J nor an HDF5 file of Keras 2");
        };
    }

    private static NetworkFile readZip(Path file) throws IOException {
        boolean graph;
        try (var zip = new ZipFile(file.toFile())) {
            ZipEntry configuration = zip.getEntry(ModelSerializer.CONFIGURATION_JSON);
            if (configuration == null) {
                throw new IllegalArgumentException(file + " is a zip, but not of a DL4J network");
            }
            if (zip.getEntry(ModelSerializer.NORMALIZER_BIN) != null) {
                throw new IllegalArgumentException(
                        file
                                + " brings a normaliser, which is not applied here: images are in [0, 1],"
                                + " the network must read them so");
            }
            try (InputStream in = zip.getInputStream(configuration)) {
                graph = new ObjectMapper().readTree(in).has("vertices");
            }
        }
        if (graph) {
            var network = ModelSerializer.restoreComputationGraph(file.toFile(), false);
            return new NetworkFile(new Forward.Graph(network), order(network));
        }
        var network = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false);
        return new NetworkFile(new Forward.Row(network), order(network));
    }

    private static ImageOrder order(MultiLayerNetwork network) {
        var configuration = network.getLayerWiseConfigurations();
        return order(configuration.getConf(0).getLayer(), configuration.getInputPreProcess(0));
    }

    private static ImageOrder order(ComputationGraph network) {
        var configuration = network.getConfiguration();
        if (configuration.getNetworkInputs().size() != 1) {
            throw new IllegalArgumentException(
                    "the network has the inputs %s, must have one"
                            .formatted(configuration.getNetworkInputs()));
        }
        String input = configuration.getNetworkInputs().get(0);
        for (var vertex : configuration.getVertices().entrySet()) {
            if (vertex.getValue() instanceof LayerVertex layer
                    && configuration.getVertexInputs().get(vertex.getKey()).contains(input)) {
                return order(layer.getLayerConf().getLayer(), layer.getPreProcessor());
            }
        }
        throw new IllegalArgumentException("no layer reads the network's input " + input);
    }

    /** DL4J keeps no shape of the input, but each layer knows its own. */
    private static ImageOrder order(Layer first, InputPreProcessor before) {
        if (before instanceof CnnToFeedForwardPreProcessor flatten) {
            return ImageOrder.of(flatten.getFormat());
        }
        if (before instanceof FeedForwardToCnnPreProcessor) {
            return ImageOrder.FLAT;
        }
        if (first instanceof ConvolutionLayer layer) {
            return ImageOrder.of(layer.getCnn2dDataFormat());
        }
        if (first instanceof SubsamplingLayer layer) {
            return ImageOrder.of(layer.getCnn2dDataFormat());
        }
        if (first instanceof BatchNormalization layer) {
            return ImageOrder.of(layer.getCnn2DFormat());
        }
        if (first instanceof ZeroPaddingLayer layer) {
            return ImageOrder.of(layer.getDataFormat());
        }
        if (first instanceof FeedForwardLayer) {
            return ImageOrder.FLAT;
        }
        throw new IllegalArgumentException(
                "the network's first layer is %s, which is not known to read images"
                        .formatted(first.getClass().getSimpleName()));
    }
}
