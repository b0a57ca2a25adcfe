package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.CounterRandom;
import freshet.schemas.TextPrediction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A score that counts is never made by a model or memory that has seen the answer.
 *
 * <p>The texts are random letters, each of 16 with equal chance: 4 bits a byte whoever predicts
 * them. For any predictor the chance to come out more than 64 bits below that in total is at most
 * 2^-64 (Kraft), so a lower score is a leak and nothing else. To make a leak show, each document is
 * repeated until the learner knows it by heart, and the learner has finished before the first text
 * is served.
 */
class NoLeakTest {

    private static final String LETTERS = "aeiouptklmnrsdgb";
    private static final double BITS_A_BYTE = 4;
    private static final double LUCK_BITS = 64;

    private static final int DOCUMENTS = 2;
    private static final int BYTES = 96;
    private static final int REPEATS = 40;
    private static final long FIRST_TIME = 1_000;

    private static final List<TextRecord> firstTime = new ArrayList<>();
    private static final List<TextRecord> again = new ArrayList<>();
    private static List<ModelVersion> versions;

    @BeforeAll
    static void learnEverythingBeforeAnythingIsServed() throws Exception {
        var random = new CounterRandom(11, 0, 0);
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            documents.add(randomLetters(random));
        }
        List<TextRecord> stream = firstTime;
        for (int i = 0; i < DOCUMENTS * (1 + REPEATS); i++) {
            if (i == DOCUMENTS) {
                stream = again;
            }
            stream.add(
                    SmallText.record(
                            "dice", i, FIRST_TIME + 10L * i, documents.get(i % DOCUMENTS)));
        }
        List<TextRecord> all = new ArrayList<>(firstTime);
        all.addAll(again);
        versions = LearnBranch.versionsOf(all);
    }

    @Test
    void theLearnerKnowsTheDocumentsByHeartSoThatALeakWouldShow() throws Exception {
        try (var branch = new PredictBranch(SmallText.evaluation(), 1)) {
            branch.take(versions.get(versions.size() - 1));
            serve(branch, firstTime);
            // Only the last version is there: it answers, far below 4 bits, and does not count.
            assertThat(branch.predictions()).noneMatch(TextPrediction::getIsTest);
            assertThat(modelBits(branch.predictions())).isLessThan(possibleBits() / 2);
        }
    }

    @Test
    void evaluationScoresNoTextByAModelThatHasSeenIt() throws Exception {
        assertNoLeak(SmallText.evaluation());
    }

    @Test
    void liveScoresNoTextByAModelThatHasSeenIt() throws Exception {
        assertNoLeak(SmallText.live());
    }

    private static void assertNoLeak(ServingConfig serving) throws Exception {
        try (var branch = new PredictBranch(serving, 1)) {
            for (ModelVersion version : versions) {
                branch.take(version);
            }
            serve(branch, firstTime);

            List<TextPrediction> predictions = branch.predictions();
            assertThat(predictions).hasSize(DOCUMENTS).allMatch(TextPrediction::getIsTest);
            double all = predictions.stream().mapToDouble(TextPrediction::getBitsAll).sum();
            assertThat(Math.min(all, modelBits(predictions)))
                    .as("bits for %d random bytes, lowest of two scores", DOCUMENTS * BYTES)
                    .isGreaterThan(possibleBits());
        }
    }

    /** What is learned later may be known: a repeat is no leak, and its score shows it. */
    @Test
    void aRepeatIsKnownOnceTheFirstHasBeenServed() throws Exception {
        try (var branch = new PredictBranch(SmallText.evaluation(), 1)) {
            for (ModelVersion version : versions) {
                branch.take(version);
            }
            serve(branch, firstTime);
            serve(branch, again);
            List<TextPrediction> predictions = branch.predictions();
            assertThat(predictions).allMatch(TextPrediction::getIsTest);
            assertThat(predictions.get(predictions.size() - 1).getBitsAll())
                    .isLessThan(possibleBits() / DOCUMENTS / 2);
        }
    }

    private static void serve(PredictBranch branch, List<TextRecord> texts) throws Exception {
        for (TextRecord text : texts) {
            branch.take(text);
        }
    }

    private static double modelBits(List<TextPrediction> predictions) {
        return predictions.stream().mapToDouble(TextPrediction::getBitsModel).sum();
    }

    /** 2 documents of 96 bytes at 4 bits, less 64 bits of luck: 704. */
    private static double possibleBits() {
        return DOCUMENTS * BYTES * BITS_A_BYTE - LUCK_BITS;
    }

    private static String randomLetters(CounterRandom random) {
        var text = new StringBuilder();
        for (int i = 0; i < BYTES; i++) {
            text.append(LETTERS.charAt((int) random.nextLong(LETTERS.length())));
        }
        return text.toString();
    }
}
