package freshet.learners.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.scoring.PrequentialScore.Config;
import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class PrequentialScoreTest {

    private static final float[] SURE = {0.75f, 0.25f};
    private static final float[] WRONG = {0.25f, 0.75f};

    @Test
    void scoresAreThoseWorkedOutByHand() {
        var tally = new ClassTally(2);
        tally.add(SURE, 0);
        tally.add(SURE, 0);
        tally.add(SURE, 1);
        tally.add(WRONG, 1);
        assertThat(tally.weight()).isEqualTo(4);
        assertThat(tally.accuracy()).isEqualTo(0.75);
        // three of -ln 0.75 and one of -ln 0.25
        assertThat(tally.logLossNats())
                .isCloseTo(-(3 * Math.log(0.75) + Math.log(0.25)) / 4, within(1e-12));
        // all in one range: confidence 0.75, accuracy 0.75
        assertThat(tally.calibrationError()).isCloseTo(0, within(1e-12));
        assertThat(tally.confusion(0, 0)).isEqualTo(2);
        assertThat(tally.confusion(1, 0)).isEqualTo(1);
        assertThat(tally.confusion(1, 1)).isEqualTo(1);
        assertThat(tally.confusion(0, 1)).isEqualTo(0);
    }

    @Test
    void calibrationErrorIsTheDistanceOfConfidenceAndAccuracy() {
        var tally = new ClassTally(2);
        tally.add(new float[] {1, 0}, 0); // range of 1: confidence 1, accuracy 0.5
        tally.add(new float[] {1, 0}, 1);
        tally.add(new float[] {0.5f, 0.5f}, 0); // range of 0.5: confidence 0.5, accuracy 1
        // (2 * 0.5 + 1 * 0.5) / 3
        assertThat(tally.calibrationError()).isCloseTo(0.5, within(1e-12));
        // -ln of 0 is cut at 1e-12
        assertThat(tally.logLossNats())
                .isCloseTo((-Math.log(1e-12) + Math.log(2)) / 3, within(1e-12));
    }

    @Test
    void partsMergeToTheWhole() {
        var whole = new ClassTally(3);
        var left = new ClassTally(3);
        var right = new ClassTally(3);
        for (int i = 0; i < 200; i++) {
            whole.add(probabilities(i), i % 3);
            (i % 5 < 2 ? left : right).add(probabilities(i), i % 3);
        }
        left.add(right);
        assertSame(left, whole, 3);
    }

    private static float[] probabilities(int record) {
        var random = new CounterRandom(9, 0, 3L * record);
        double[] parts = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
        double sum = parts[0] + parts[1] + parts[2];
        return new float[] {
            (float) (parts[0] / sum), (float) (parts[1] / sum), (float) (parts[2] / sum)
        };
    }

    /** Sums in another order: 200 numbers to 1e-16 each. */
    private static void assertSame(ClassTally actual, ClassTally expected, int classes) {
        assertThat(actual.weight()).isCloseTo(expected.weight(), within(1e-10));
        assertThat(actual.accuracy()).isCloseTo(expected.accuracy(), within(1e-12));
        assertThat(actual.logLossNats()).isCloseTo(expected.logLossNats(), within(1e-12));
        assertThat(actual.calibrationError()).isCloseTo(expected.calibrationError(), within(1e-12));
        for (int i = 0; i < classes * classes; i++) {
            assertThat(actual.confusion(i / classes, i % classes))
                    .isCloseTo(expected.confusion(i / classes, i % classes), within(1e-10));
        }
    }

    @Test
    void theWindowHoldsTheNewestPanesAndFadingWeighsByAge() {
        var score = new PrequentialScore(new Config(3, 10, 4, 0.9));
        for (int i = 0; i < 137; i++) {
            score.add(probabilities(i), i % 3);
        }
        var newest = new ClassTally(3); // panes 9 to 12 and the seven of the open one
        for (int i = 90; i < 137; i++) {
            newest.add(probabilities(i), i % 3);
        }
        assertSame(score.sliding(), newest, 3);
        double right = 0;
        double weight = 0;
        for (int i = 0; i < 137; i++) {
            var one = new ClassTally(3);
            one.add(probabilities(i), i % 3);
            right += Math.pow(0.9, 136.0 - i) * one.accuracy();
            weight += Math.pow(0.9, 136.0 - i);
        }
        assertThat(score.fading().weight()).isCloseTo(weight, within(1e-10));
        assertThat(score.fading().accuracy()).isCloseTo(right / weight, within(1e-12));
        assertThat(score.all().weight()).isEqualTo(137);
        assertThat(score.records()).isEqualTo(137);
    }

    @Test
    void goesOnFromItsSnapshotAsIfNeverStopped() {
        var config = new Config(3, 10, 2, 0.99);
        var straight = new PrequentialScore(config);
        var resumed = new PrequentialScore(config);
        for (int i = 0; i < 60; i++) {
            straight.add(probabilities(i), i % 3);
            resumed.add(probabilities(i), i % 3);
            byte[] snapshot = resumed.snapshot();
            assertThat(snapshot).isEqualTo(straight.snapshot());
            resumed = new PrequentialScore(config);
            resumed.restore(snapshot);
        }
        assertSame(resumed.sliding(), straight.sliding(), 3);
    }

    @Test
    void refusesWhatIsOffAndStaysAsItWas() {
        var score = new PrequentialScore(new Config(2, 10, 2, 0.9));
        score.add(SURE, 0);
        byte[] before = score.snapshot();
        assertThatThrownBy(() -> score.add(new float[] {Float.NaN, 0}, 0))
                .hasMessageContaining("probabilities[0] is NaN");
        assertThatThrownBy(() -> score.add(SURE, 2)).hasMessageContaining("label 2");
        assertThatThrownBy(() -> score.add(new float[3], 0)).hasMessageContaining("3 prob");
        assertThat(score.snapshot()).isEqualTo(before);
        byte[] cut = java.util.Arrays.copyOf(before, before.length - 1);
        assertThatThrownBy(() -> score.restore(cut)).hasMessageContaining("cut short");
        assertThatThrownBy(() -> new ClassTally(2).add(new ClassTally(3)))
                .hasMessageContaining("3 classes");
        assertThatThrownBy(() -> new Config(2, 0, 1, 0.5)).hasMessageContaining("panes of 0");
    }
}
