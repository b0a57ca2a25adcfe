package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Pictures that share passes: when they are answered, and that it changes no answer. */
class SharedPassTest {

    private static final ServingConfig LIVE = new ServingConfig(false, 1, 5, -1, 0, 0);

    private static ImageRecord picture(int i) {
        return SmallImages.noise(i, i);
    }

    private static TwoInputStreamOperatorTestHarness<ImageRecord, ModelVersion, ImageRecord>
            classify() throws Exception {
        var classify =
                new TwoInputStreamOperatorTestHarness<ImageRecord, ModelVersion, ImageRecord>(
                        new SharedPassOperator<>(new ClassifyFunction(SmallImages.SETUP, LIVE)));
        classify.setProcessingTime(1);
        return classify;
    }

    private static ModelVersion version(int number) {
        ModelVersion version = SmallImages.SETUP.untrainedVersion();
        float[] weights = Weights.fromBytes(version.bytes);
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= 1 + 0.1f * number;
        }
        version.version = number;
        version.bytes = Weights.toBytes(weights);
        return version;
    }

    @Test
    void thoseThatShareAPassAreToldWhatTheyAreToldAlone() throws Exception {
        List<float[]> alone = new ArrayList<>();
        try (var classify = classify()) {
            classify.open();
            for (int i = 0; i < 20; i++) {
                classify.processElement1(picture(i), i);
                classify.setProcessingTime(10L * (i + 1));
            }
            classify.extractOutputValues().forEach(answer -> alone.add(answer.probabilities));
        }
        assertThat(alone).hasSize(20);
        try (var classify = classify()) {
            classify.open();
            for (int i = 0; i < 20; i++) {
                classify.processElement1(picture(i), i);
            }
            assertThat(classify.extractOutputValues()).hasSize(16); // two passes are full
            classify.setProcessingTime(10);
            List<ImageRecord> answers = classify.extractOutputValues();
            assertThat(answers)
                    .extracting(answer -> answer.probabilities)
                    .usingRecursiveComparison()
                    .isEqualTo(alone);
            assertThat(answers).extracting(answer -> answer.sequence).isSorted().hasSize(20);
        }
    }

    @Test
    void nobodyWaitsPastACheckpointAWatermarkOrTheEnd() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var classify = classify()) {
            classify.open();
            classify.processElement1(picture(0), 0);
            assertThat(classify.getOutput()).isEmpty();
            classify.prepareSnapshotPreBarrier(1);
            checkpoint = classify.snapshot(1, 1);
            assertThat(classify.extractOutputValues()).hasSize(1);

            classify.processElement1(picture(1), 1);
            classify.processBothWatermarks(new Watermark(1));
            assertThat(classify.extractOutputValues()).hasSize(2);
            assertThat(new ArrayList<>(classify.getOutput()).get(2))
                    .isEqualTo(new Watermark(1)); // behind the answer

            classify.processElement1(picture(2), 2);
            classify.endInput1();
            assertThat(classify.extractOutputValues()).hasSize(3);
        }
        try (var classify = classify()) {
            classify.initializeState(checkpoint);
            classify.open();
            classify.endInput1();
            assertThat(classify.getOutput()).isEmpty();
        }
    }

    @Test
    void aPassIsOfOneVersion() throws Exception {
        try (var classify = classify()) {
            classify.open();
            classify.processElement1(picture(0), 0);
            classify.processElement2(version(1), 0);
            classify.processElement1(picture(0), 1);
            classify.processElement1(picture(0), 2);
            classify.setProcessingTime(10);
            List<ImageRecord> answers = classify.extractOutputValues();
            assertThat(answers).extracting(one -> one.modelVersion).containsExactly(0L, 1L, 1L);
            assertThat(answers.get(1).probabilities).isEqualTo(answers.get(2).probabilities);
            assertThat(answers.get(0).probabilities).isNotEqualTo(answers.get(1).probabilities);
        }
    }
}
