package freshet.encoders.dl4j;

import freshet.learners.vision.ImageForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.deeplearning4j.nn.modelimport.keras.KerasModel;
import org.deeplearning4j.nn.modelimport.keras.exceptions.InvalidKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasModelBuilder;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * A file of Keras 2, imported by DL4J with its channels last.
 *
 * <p>DL4J takes {@code channels_first} for a sign of Theano, whose kernels lie otherwise and are
 * turned by half. Keras's own kernels lie the same whatever the data format, and a Flatten that was
 * told {@code channels_first} puts the channels last before it flattens: so the same network with
 * {@code channels_last} everywhere has the same weights and the same answers, and is what is
 * imported. That holds of the layers in {@link #TURNABLE}; a network with others is refused.
 *
 * @param network with channels last
 * @param shape of an input in the file, without the batch; -1 where any is taken
 * @param channelsFirst whether the file's channels come first
 */
record KerasFile(Forward network, int[] shape, boolean channelsFirst) {

    private static final String FIRST = "channels_first";
    private static final String LAST = "channels_last";

    /** Layers that mean the same when all their maps are turned. */
    private static final Set<String> TURNABLE =
            Set.of(
                    "InputLayer",
                    "Conv2D",
                    "MaxPooling2D",
                    "AveragePooling2D",
                    "GlobalMaxPooling2D",
                    "GlobalAveragePooling2D",
                    "ZeroPadding2D",
                    "Flatten",
                    "Dense",
                    "Activation",
                    "ReLU",
                    "Dropout");

    static KerasFile read(Path file) throws IOException {
        try {
            KerasModelBuilder builder =
                    new KerasModel().modelBuilder().modelHdf5Filename(file.toString());
            var json = new ObjectMapper();
            JsonNode model = json.readTree(builder.getModelJson());
            JsonNode config = model.path("config");
            JsonNode layers = config.isArray() ? config : config.path("layers"); // array: Keras 2.1
            int[] shape = shape(layers.path(0).path("config").path("batch_input_shape"));
            boolean first = shape.length == 3 && isChannelsFirst(layers);
            if (first) {
                layers.forEach(KerasFile::turn);
                builder.modelJson(json.writeValueAsString(model));
            }
            Forward network =
                    model.path("class_name").asText().equals("Sequential")
                            ? new Forward.Row(builder.buildSequential().getMultiLayerNetwork())
                            : new Forward.Graph(builder.buildModel().getComputationGraph());
            return new KerasFile(network, shape, first);
        } catch (InvalidKerasConfigurationException | UnsupportedKerasConfigurationException e) {
            throw new IllegalArgumentException(
                    "DL4J cannot import %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static int[] shape(JsonNode batch) {
        if (batch.size() < 2) {
            throw new IllegalArgumentException(
                    "the Keras model's first layer has no batch_input_shape: of Keras's files, those"
                            + " of version 2 with a known input can be read");
        }
        int[] shape = new int[batch.size() - 1];
        Arrays.setAll(shape, i -> batch.get(i + 1).asInt(-1));
        return shape;
    }

    private static boolean isChannelsFirst(JsonNode layers) {
        for (JsonNode layer : layers) {
            if (format(layer).equals(FIRST)) {
                return true;
            }
        }
        return false;
    }

    private static String format(JsonNode layer) {
        return layer.path("config").path("data_format").asText("");
    }

    private static void turn(JsonNode layer) {
        String kind = layer.path("class_name").asText();
        if (!TURNABLE.contains(kind) || format(layer).equals(LAST)) {
            throw new IllegalArgumentException(
                    "the Keras model's channels come first, with a layer %s%s that is not known to mean the same with channels last: save it with %s"
                            .formatted(
                                    kind,
                                    format(layer).isEmpty() ? "" : " of " + format(layer),
                                    LAST));
        }
        var config = (ObjectNode) layer.path("config");
        if (config.has("data_format")) {
            config.put("data_format", LAST);
        }
        if (config.path("batch_input_shape") instanceof ArrayNode shape && shape.size() == 4) {
            shape.add(shape.remove(1));
        }
    }

    /** How an image lies in the input of {@link #network}. */
    ImageOrder order() {
        return shape.length == 1 ? ImageOrder.FLAT : ImageOrder.CHANNELS_LAST;
    }

    /**
     * Checks that it reads images of that form.
     *
     * @throws IllegalArgumentException with both shapes, if not
     */
    void check(ImageForm form) {
        int[] images =
                shape.length == 1
                        ? new int[] {form.size()}
                        : channelsFirst
                                ? new int[] {form.channels(), form.height(), form.width()}
                                : new int[] {form.height(), form.width(), form.channels()};
        boolean fits = images.length == shape.length;
        for (int i = 0; fits && i < images.length; i++) {
            fits = shape[i] == -1 || shape[i] == images[i];
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "the Keras model reads %s (%s), images.channels, images.height and images.width make %s"
                            .formatted(
                                    Arrays.toString(shape),
                                    channelsFirst ? FIRST : LAST,
                                    Arrays.toString(images)));
        }
    }
}
