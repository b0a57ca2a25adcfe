package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Measurement;
import freshet.learners.selftraining.SelfTrainingConfig.Method;
import freshet.learners.selftraining.SelfTrainingConfig.Mixing;
import freshet.learners.tensor.CounterRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers worked out by hand for each part of the step. */
class GoldenTest {

    private static CounterRandom random() {
        return new CounterRandom(4, 0, 0);
    }

    @Test
    void weightZeroIsTheSourceAndWeightOneTheTargetBitForBit() {
        float[] source = {-0f, 1.4e-45f, Float.POSITIVE_INFINITY, 0.1f};
        float[] target = {0f, -0f, Float.NEGATIVE_INFINITY, 0.3f};
        int[] pairs = {1, 0};
        float[] mixed = Interpolation.mix(source, target, pairs, new double[] {0, 1}, 2);
        assertThat(bits(mixed)).containsExactly(bits(new float[] {-0f, 1.4e-45f, 0f, -0f}));
        mixed = Interpolation.mix(source, target, pairs, new double[] {1, 0}, 2);
        assertThat(bits(mixed))
                .containsExactly(
                        bits(
                                new float[] {
                                    Float.NEGATIVE_INFINITY, 0.3f, Float.POSITIVE_INFINITY, 0.1f
                                }));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    @Test
    void aQuarterOfTheWayIsAQuarterOfTheTarget() {
        // 0.75 * 4 + 0.25 * 8, 0.75 * 0 + 0.25 * -4
        assertThat(
                        Interpolation.mix(
                                new float[] {4, 0},
                                new float[] {8, -4},
                                new int[] {0},
                                new double[] {0.25},
                                2))
                .containsExactly(5, -1);
    }

    @Test
    void confidenceIsTheSpanOfTheLogits() {
        assertThat(Confidence.of(new float[] {2, -1, 0.5f, 0, 0, 0}, 3)).containsExactly(3, 0);
    }

    @Test
    void threeOfFourReachTheThirdOfTheQuantile() {
        double[] confidences = {1, 2, 3, 4};
        // place 0.3 * 3 = 0.9 between 1 and 2
        assertThat(Confidence.quantile(confidences, 0.3)).isCloseTo(1.9, within(1e-12));
        assertThat(Confidence.keep(confidences, 0.3)).containsExactly(1, 2, 3);
        assertThat(Confidence.keep(new double[] {5, 5, 5}, 0.9)).containsExactly(0, 1, 2);
    }

    @Test
    void alignsByLabelAndTakesAnyWhereThereIsNone() {
        int[] sourceLabels = {0, 1, 1};
        int[] pseudoLabels = {1, 0, 2};
        var random = random();
        for (int i = 0; i < 50; i++) {
            assertThat(Alignment.LABEL.pairs(sourceLabels, pseudoLabels, 3, random))
                    .containsExactly(1, 0, 0);
        }
        int[] seen = new int[3];
        for (int i = 0; i < 300; i++) {
            seen[Alignment.LABEL.pairs(new int[] {3}, pseudoLabels, 4, random)[0]]++;
        }
        for (int count : seen) { // deviation sqrt(300 * 2 / 9) = 8
            assertThat(count).isBetween(60, 140);
        }
        assertThat(Alignment.NONE.pairs(sourceLabels, pseudoLabels, 3, random))
                .containsExactly(0, 1, 2);
        assertThat(random.counter()).isEqualTo(50 * 3 + 300);
    }

    @ParameterizedTest
    @CsvSource({"1, 10, 0.0909", "5.5, 5, 0.5238", "10, 0.01, 0.9990"})
    void betaHasItsMean(double a, double b, double mean) {
        var random = random();
        double sum = 0;
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            double drawn = BetaRandom.draw(a, b, random);
            assertThat(drawn).isBetween(0.0, 1.0);
            sum += drawn;
        }
        double variance = mean * (1 - mean) / (a + b + 1);
        assertThat(sum / draws).isCloseTo(mean, within(5 * Math.sqrt(variance / draws) + 5e-5));
    }

    @Test
    void theWeightOfTheTargetGrowsInAStraightLineAndStays() {
        var linear =
                new Method(Mixing.LINEAR, 1000, List.of(1), Alignment.LABEL, 0, 0.3, 0, 0, false);
        assertThat(Interpolation.weights(linear, 0, 2, random())).containsExactly(0, 0);
        assertThat(Interpolation.weights(linear, 250, 2, random())).containsExactly(0.25, 0.25);
        assertThat(Interpolation.weights(linear, 5000, 2, random())).containsExactly(1, 1);
        var drawn = new Method(Mixing.BETA, 1000, List.of(1), Alignment.LABEL, 0, 0.3, 0, 0, false);
        double sum = 0;
        for (double weight : Interpolation.weights(drawn, 500, 20_000, random())) {
            sum += weight;
        }
        // Beta(5.5, 5): 0.5238, deviation sqrt(0.2494 / 11.5 / 20000) = 0.00104
        assertThat(sum / 20_000).isCloseTo(0.5238, within(0.0053));
        assertThat(Interpolation.weights(Method.selfTraining(), 0, 1, random())).containsExactly(1);
    }

    @Test
    void theAdjustmentTakesOffTheLogOfTheRunningPrior() {
        float[] logits = {(float) Math.log(3), 0}; // 0.75 and 0.25
        var pseudo = PseudoLabels.of(new float[0], logits, 2, new ClassShares(2), 1);
        // 0.95 * 0.5 + 0.05 * 0.75 = 0.5125 and 0.4875; ln 1.025 and ln 0.975
        assertThat(pseudo.prior().values()[0]).isCloseTo(0.5125, within(1e-7));
        assertThat(pseudo.logits()[0]).isCloseTo((float) Math.log(3 / 1.025), within(1e-6f));
        assertThat(pseudo.logits()[1]).isCloseTo((float) -Math.log(0.975), within(1e-6f));
        var untouched = PseudoLabels.of(new float[0], logits, 2, new ClassShares(2), 0);
        assertThat(untouched.logits()).containsExactly(logits);
        assertThat(untouched.labels()).containsExactly(0);
    }

    @Test
    void sharesHaveTheEntropyOfTheirSpread() {
        assertThat(new ClassShares(10).entropy()).isCloseTo(Math.log(10), within(1e-12));
        assertThat(new ClassShares(new double[] {1, 0}).entropy()).isEqualTo(0);
        // 0.95 * 0.5 + 0.05 * 1 and 0.95 * 0.5
        assertThat(new ClassShares(2).moved(ClassShares.of(new int[] {0, 0}, 2)).values())
                .containsExactly(new double[] {0.525, 0.475}, within(1e-12));
    }

    @Test
    void softLabelsAreTheSoftmaxAtTheirTemperature() {
        // exp(2 ln 3 / 1) : 1 at temperature 0.5
        assertThat(Rows.softmax(new float[] {(float) Math.log(3), 0}, 2, 0.5))
                .containsExactly(new float[] {0.9f, 0.1f}, within(1e-6f));
        assertThat(Rows.argmax(new float[] {1, 1, 0, 0, 2, 2}, 3)).containsExactly(0, 1);
    }

    @Test
    void theHistogramHasEachConfidenceInItsTenth() {
        var histogram =
                PseudoLabelTelemetry.histogram(new double[] {0.05, 0.1, 0.9999, 1, 0.35, 0.39});
        assertThat(histogram)
                .extracting(Measurement::head)
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(histogram)
                .extracting(Measurement::sum)
                .containsExactly(1.0, 1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0);
        assertThat(histogram).allMatch(range -> range.count() == 6);
        assertThat(histogram.get(9).merge(histogram.get(9)).mean())
                .isCloseTo(2 / 6.0, within(1e-12));
    }
}
