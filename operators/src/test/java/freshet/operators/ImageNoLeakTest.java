package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.scoring.ClassTally;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Pictures of noise with labels drawn by chance: nobody can know them, but a model that has learned
 * them by heart does. The learner is through with everything before the first is answered.
 */
class ImageNoLeakTest {

    private static final int PICTURES = 64;
    private static final int PASSES = 40;

    private final List<ModelVersion> versions = new ArrayList<>();

    @BeforeEach
    void learnByHeart() throws Exception {
        try (var learn = SmallImages.learnBranch()) {
            learn.open();
            for (int i = 0; i < PASSES * PICTURES; i++) {
                learn.processElement(picture(i), i);
            }
            learn.processWatermark(Long.MAX_VALUE);
            versions.addAll(learn.extractOutputValues());
        }
    }

    /** Record i, at event time i: the pictures again and again. */
    private static ImageRecord picture(int i) {
        int number = i % PICTURES;
        ImageRecord record = SmallImages.noise(i, number);
        record.settledMillis = i;
        record.learn = true;
        record.label = label(number);
        return record;
    }

    private static int label(int number) {
        return (int) new CounterRandom(6, 0, number).nextLong(2);
    }

    /** Shares of the first pass that are answered right and count as a test. */
    private record Answered(double right, double tests) {}

    private Answered answer(boolean evaluation, boolean learn) throws Exception {
        var serving = new ServingConfig(evaluation, 1, 5, -1, 0, 0);
        try (var classify =
                new TwoInputStreamOperatorTestHarness<ImageRecord, ModelVersion, ImageRecord>(
                        new SharedPassOperator<>(
                                new ClassifyFunction(SmallImages.SETUP, serving)))) {
            classify.open();
            for (ModelVersion version : versions) {
                classify.processElement2(version, 0);
            }
            for (int i = 0; i < PICTURES; i++) {
                ImageRecord picture = picture(i);
                picture.learn = learn;
                classify.processElement1(picture, i);
            }
            classify.endInput1();
            List<ImageRecord> answers = classify.extractOutputValues();
            assertThat(answers).hasSize(PICTURES);
            double right = 0;
            double tests = 0;
            for (ImageRecord answer : answers) {
                int said = ClassTally.likeliest(answer.probabilities);
                right += said == answer.label ? 1 : 0;
                tests += answer.isTest ? 1 : 0;
            }
            return new Answered(right / PICTURES, tests / PICTURES);
        }
    }

    @Test
    void aScoreOfEvaluationModeComesFromNoModelThatHasSeenThePicture() throws Exception {
        Answered answered = answer(true, true);
        assertThat(answered.right()).isLessThan(0.75); // by chance 0.5, deviation 0.06
        assertThat(answered.tests()).isEqualTo(1);
    }

    /** What a leak would look like: asked without learning, the newest model answers, and knows. */
    @Test
    void theNewestModelKnowsThemByHeartAndItsAnswersAreNoTests() throws Exception {
        Answered answered = answer(false, false);
        assertThat(answered.right()).isGreaterThan(0.9);
        assertThat(answered.tests()).isZero();
    }
}
