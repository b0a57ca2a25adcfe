package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Measurement;
import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class NeuralCollapseTest {

    @Test
    void ofTwoClassesIsTheirScatterOverTheirDistance() {
        // Means (2, 0) and (-2, 0), each example 1 away from its own; both 2 from the middle: 1 /
        // 4.
        float[] features = {1, 0, 3, 0, -2, 1, -2, -1};
        var collapse = NeuralCollapse.of(features, new int[] {0, 0, 1, 1}, 2);
        assertThat(collapse.within()).isCloseTo(1, within(1e-12));
        assertThat(collapse.between()).isCloseTo(4, within(1e-12));
        assertThat(collapse.scatterRatio()).isCloseTo(0.25, within(1e-12));
        assertThat(collapse.distanceFromSimplex()).isCloseTo(0, within(1e-7));
    }

    @Test
    void threeClassesInARowAreFarFromASimplex() {
        // Means 1, -1 and 0: products (1 -1 0; -1 1 0; 0 0 0), norm 2, trace 2.
        // sqrt(2 - 2 * 2 / (2 sqrt 2)) = sqrt(2 - sqrt 2)
        float[] features = {1, 1, -1, -1, 0, 0};
        var collapse = NeuralCollapse.of(features, new int[] {0, 0, 1, 1, 2, 2}, 3);
        assertThat(collapse.scatterRatio()).isZero();
        assertThat(collapse.between()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(collapse.distanceFromSimplex()).isCloseTo(0.7653668647, within(1e-9));
    }

    /** Unit vectors of C dimensions are a simplex seen from their mean, for every C. */
    @Test
    void aSimplexOfAnyNumberOfClassesIsAtDistanceZero() {
        for (int classes = 2; classes <= 12; classes++) {
            float[] features = new float[2 * classes * classes];
            int[] labels = new int[2 * classes];
            for (int row = 0; row < labels.length; row++) {
                labels[row] = row / 2;
                for (int i = 0; i < classes; i++) {
                    features[row * classes + i] = 3 * (i == row / 2 ? 1 : 0) + 7;
                }
            }
            var collapse = NeuralCollapse.of(features, labels, classes);
            // The root of a rounding error of 1e-15.
            assertThat(collapse.distanceFromSimplex()).isCloseTo(0, within(1e-6));
            assertThat(collapse.scatterRatio()).isZero();
        }
    }

    @Test
    void turningMovingOrScalingAllFeaturesChangesNothing() {
        int size = 6;
        for (int seed = 0; seed < 20; seed++) {
            var random = new CounterRandom(seed, 0, 0);
            int[] labels = new int[40];
            float[] features = new float[labels.length * size];
            for (int row = 0; row < labels.length; row++) {
                labels[row] = (int) random.nextLong(4);
                for (int i = 0; i < size; i++) {
                    features[row * size + i] =
                            (float) (random.nextGaussian() + (i == labels[row] ? 2 : 0));
                }
            }
            double angle = 2 * Math.PI * random.nextDouble();
            int first = (int) random.nextLong(size - 1);
            float[] turned = new float[features.length];
            for (int at = 0; at < features.length; at += size) {
                for (int i = 0; i < size; i++) {
                    turned[at + i] = features[at + i];
                }
                float x = features[at + first];
                float y = features[at + first + 1];
                turned[at + first] = (float) (Math.cos(angle) * x - Math.sin(angle) * y);
                turned[at + first + 1] = (float) (Math.sin(angle) * x + Math.cos(angle) * y);
                for (int i = 0; i < size; i++) {
                    turned[at + i] = 3 * turned[at + i] - 5;
                }
            }
            var plain = NeuralCollapse.of(features, labels, 4);
            var changed = NeuralCollapse.of(turned, labels, 4);
            // Features are 32-bit: 6e-8 of a value, some 20 of them.
            assertThat(changed.scatterRatio()).isCloseTo(plain.scatterRatio(), within(2e-5));
            assertThat(changed.distanceFromSimplex())
                    .isCloseTo(plain.distanceFromSimplex(), within(2e-5))
                    .isBetween(0.0, Math.sqrt(2));
            assertThat(plain.scatterRatio()).isGreaterThan(0.1);
        }
    }

    @Test
    void aClassOfOneExampleIsLeftOut() {
        float[] features = {1, 0, 3, 0, -2, 1, -2, -1, 90, 90};
        var collapse = NeuralCollapse.of(features, new int[] {0, 0, 2, 2, 1}, 4);
        assertThat(collapse.classes()).isEqualTo(2);
        assertThat(collapse.scatterRatio()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void whereThereIsNothingToTellApartOnlyTheClassesAreMeasured() {
        float[] points = {1, 2, 3};
        assertThat(NeuralCollapse.of(points, new int[] {0, 1, 2}, 3).measurements())
                .containsExactly(Measurement.of("neuralCollapseClasses", 0));
        assertThat(NeuralCollapse.of(points, new int[] {1, 1, 1}, 3).measurements())
                .containsExactly(Measurement.of("neuralCollapseClasses", 1));
        assertThat(NeuralCollapse.of(new float[4], new int[] {0, 0, 1, 1}, 2).measurements())
                .containsExactly(Measurement.of("neuralCollapseClasses", 2));
        assertThat(NeuralCollapse.of(new float[] {1, 1, 2, 4}, new int[] {0, 0, 1, 1}, 2))
                .satisfies(
                        collapse ->
                                assertThat(collapse.measurements())
                                        .extracting(Measurement::name)
                                        .containsExactly(
                                                "neuralCollapseClasses",
                                                "neuralCollapse1",
                                                "neuralCollapse2"));
    }
}
