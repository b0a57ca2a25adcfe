package freshet.encoders.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.vision.EncoderFiles;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.LabelledImages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.factory.Nd4j;

/** A network that our own command trained and wrote, in front of a learner. */
class NetworkFilesTest {

    private static final ImageForm FORM = new ImageForm(1, 28, 28);

    @TempDir private static Path folder;
    private static Path file;

    @BeforeAll
    static void train() throws Exception {
        file = folder.resolve("clothes.zip");
        double accuracy = EncoderFiles.provider().writeExample(file, 7, 640, 2);
        assertThat(accuracy).isGreaterThan(0.3); // of ten classes
    }

    @Test
    void featuresAreTheActivationsOfTheLayer() throws Exception {
        MultiLayerNetwork network = restored();
        for (int i = 0; i < 3; i++) {
            float[] image = image(i);
            INDArray input = Nd4j.create(image, new long[] {1, 1, 28, 28}, 'c');
            float[] expected = network.feedForward(input).get(5).toFloatVector();
            assertThat(open("").encode(image, FORM)).isEqualTo(expected).hasSize(64);
            assertThat(open("4").encode(image, FORM)).isEqualTo(expected);
        }
    }

    /** The same layers, written as a graph: another reader, the same features. */
    @Test
    void aGraphIsReadAsWell() throws Exception {
        ComputationGraph graph = restored().toComputationGraph();
        Path other = folder.resolve("graph.zip");
        ModelSerializer.writeModel(graph, other.toFile(), false);
        FeatureEncoder encoder = EncoderFiles.provider().open(other, "", FORM, 1);
        assertThat(encoder.encode(image(1), FORM)).isEqualTo(open("").encode(image(1), FORM));
    }

    @Test
    void oneImageHasTheSameBitsWhateverCameBeforeIt() throws Exception {
        FeatureEncoder encoder = open("");
        float[] first = encoder.encode(image(0), FORM);
        for (int i = 1; i < 20; i++) {
            assertThat(encoder.encode(image(i), FORM)).isNotEqualTo(first);
        }
        assertThat(encoder.encode(image(0), FORM)).isEqualTo(first);
        assertThat(copy(encoder).encode(image(0), FORM)).isEqualTo(first);
    }

    @Test
    void copiesInOtherThreadsGiveTheSameBits() throws Exception {
        FeatureEncoder encoder = open("");
        var threads = new Thread[3];
        float[][][] features = new float[threads.length][10][];
        for (int t = 0; t < threads.length; t++) {
            FeatureEncoder own = copy(encoder);
            float[][] into = features[t];
            threads[t] =
                    new Thread(
                            () -> {
                                for (int i = 0; i < into.length; i++) {
                                    into[i] = own.encode(image(i), FORM);
                                }
                            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < 10; i++) {
            float[] alone = encoder.encode(image(i), FORM);
            for (float[][] each : features) {
                assertThat(each[i]).isEqualTo(alone);
            }
        }
    }

    /** Nothing that a pass returns outside of workspaces may wait for the collector. */
    @Test
    @SuppressWarnings("overrides") // within DL4J's own classes
    void whatAPassReturnsIsClosed() throws Exception {
        MultiLayerNetwork row = restored();
        ComputationGraph graph = row.toComputationGraph();
        var returned = new ArrayList<INDArray>();
        var watchedRow =
                new MultiLayerNetwork(row.getLayerWiseConfigurations()) {
                    @Override
                    public List<INDArray> feedForwardToLayer(
                            int layer, INDArray input, boolean train) {
                        returned.addAll(super.feedForwardToLayer(layer, input, train));
                        return List.copyOf(returned);
                    }
                };
        watchedRow.init(row.params(), true);
        new Forward.Row(watchedRow).activations(ImageOrder.CHANNELS_FIRST.lay(image(0), FORM), 4);
        assertThat(returned).hasSize(6).allMatch(INDArray::wasClosed); // the input and 5 layers'
        returned.clear();
        var watchedGraph =
                new ComputationGraph(graph.getConfiguration()) {
                    @Override
                    public INDArray[] output(
                            List<String> layers,
                            boolean train,
                            INDArray[] input,
                            INDArray[] masks) {
                        INDArray[] out = super.output(layers, train, input, masks);
                        returned.add(input[0]);
                        returned.addAll(List.of(out));
                        return out;
                    }
                };
        watchedGraph.init(graph.params(), true);
        new Forward.Graph(watchedGraph)
                .activations(ImageOrder.CHANNELS_FIRST.lay(image(0), FORM), 4);
        assertThat(returned).hasSize(2).allMatch(INDArray::wasClosed);
    }

    @Test
    void itsIdentityIsOfTheBytesAndTheLayerAndNotOfThePath() throws Exception {
        Path moved = folder.resolve("moved.zip");
        Files.copy(file, moved);
        String identity = open("").identity();
        assertThat(identity).matches("network/1 sha256=[0-9a-f]{64} layer=features");
        assertThat(EncoderFiles.provider().open(moved, "features", FORM, 1).identity())
                .isEqualTo(identity);
        assertThat(open("pool2").identity()).isNotEqualTo(identity);
    }

    @Test
    void otherBytesUnderTheSamePathAreRefusedByTheTask() throws Exception {
        Path changed = folder.resolve("changed.zip");
        Files.copy(file, changed);
        FeatureEncoder sent = copy(EncoderFiles.provider().open(changed, "", FORM, 1));
        EncoderFiles.provider().writeExample(changed, 8, 64, 1);
        assertThatThrownBy(() -> sent.encode(image(0), FORM))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SHA-256")
                .hasMessageContaining("where the job was started");
        FeatureEncoder gone = copy(EncoderFiles.provider().open(changed, "", FORM, 1));
        Files.delete(changed);
        assertThatThrownBy(() -> gone.encode(image(0), FORM))
                .hasMessageContaining("must be readable where images are decoded");
    }

    @Test
    void imagesOfAnotherFormAreRefused() {
        for (var form : new ImageForm[] {new ImageForm(3, 28, 28), new ImageForm(1, 32, 28)}) {
            assertThatThrownBy(() -> EncoderFiles.provider().open(file, "conv1", form, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not read images of")
                    .hasMessageContaining("images.channels");
        }
    }

    @Test
    void whatIsNoNetworkIsRefused() throws Exception {
        Path text = Files.writeString(folder.resolve("text.h5"), "no network");
        assertThatThrownBy(() -> EncoderFiles.provider().open(text, "", FORM, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neither a zip of DL4J nor an HDF5 file");
        assertThatThrownBy(
                        () -> EncoderFiles.provider().open(folder.resolve("none.zip"), "", FORM, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.zip");
        assertThatThrownBy(() -> open("fc7")).hasMessageContaining("no layer 'fc7'");
    }

    @Test
    void aNormaliserIsNotSilentlyLeftOut() throws Exception {
        File normalised = folder.resolve("normalised.zip").toFile();
        Files.copy(file, normalised.toPath());
        ModelSerializer.addNormalizerToModel(normalised, new ImagePreProcessingScaler(-1, 1));
        assertThatThrownBy(() -> EncoderFiles.provider().open(normalised.toPath(), "", FORM, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("normaliser");
    }

    private static MultiLayerNetwork restored() throws Exception {
        return ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false);
    }

    private static FeatureEncoder open(String layer) {
        return EncoderFiles.provider().open(file, layer, FORM, 1);
    }

    private static float[] image(int index) {
        float[] image = new float[FORM.size()];
        LabelledImages.toFloats(FashionMnist.heldOut().images().get(index), image, 0);
        return image;
    }

    private static FeatureEncoder copy(FeatureEncoder encoder) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(encoder);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (FeatureEncoder) in.readObject();
        }
    }
}
