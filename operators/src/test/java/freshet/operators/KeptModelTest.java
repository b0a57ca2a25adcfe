package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.Weights;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/**
 * A classifier's version as the build of November 2026 wrote it into the models topic, chunks and
 * manifest: served as then. Kept in {@code models/v1}: int number of records, then each as int
 * length and bytes, zipped.
 */
class KeptModelTest {

    /** Of pictures 0 and 1, by the build that wrote it. */
    private static final float[][] SAID = {{0.43063396f, 0.56936604f}, {0.58368325f, 0.41631672f}};

    private static List<byte[]> records() throws IOException {
        List<byte[]> records = new ArrayList<>();
        try (var in =
                new DataInputStream(
                        new GZIPInputStream(
                                KeptModelTest.class.getResourceAsStream(
                                        "/models/v1/classifier.gz")))) {
            for (int i = in.readInt(); i > 0; i--) {
                records.add(in.readNBytes(in.readInt()));
            }
        }
        return records;
    }

    @Test
    void whatAnOldLearnerPublishedIsServedAsThen() throws Exception {
        ModelVersion version;
        try (var assemble =
                new OneInputStreamOperatorTestHarness<ModelRecord, ModelVersion>(
                        new ProcessOperator<>(
                                new AssembleModelsFunction(
                                        SmallImages.SETUP, SmallText.DEAD_LETTERS)))) {
            assemble.open();
            var decoder = new ModelRecordDecoder(1_000);
            for (byte[] record : records()) {
                assemble.processElement(decoder.decode("models", 0, 0, 1_000, null, record), 0);
            }
            assertThat(assemble.extractOutputValues()).hasSize(1);
            version = assemble.extractOutputValues().get(0);
        }
        assertThat(version.kind).isEqualTo("classifier");
        try (var classifier = SmallImages.SETUP.newClassifier(version.artifact())) {
            for (int i = 0; i < SAID.length; i++) {
                float[] said =
                        classifier.probabilities(
                                Weights.fromBytes(ServedTrialTest.picture(i).image));
                // Another processor may round sums otherwise.
                assertThat(said).containsExactly(SAID[i], within(1e-5f));
            }
        }
    }
}
