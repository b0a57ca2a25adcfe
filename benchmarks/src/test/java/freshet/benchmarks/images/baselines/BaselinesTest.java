package freshet.benchmarks.images.baselines;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.OnlineClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On two clouds of points whose labels change places half way. */
class BaselinesTest {

    private static final int HALF = 4_000;
    private static final int WINDOW = 1_000;

    private final List<float[]> points = new ArrayList<>();
    private final int[] labels = new int[2 * HALF];

    BaselinesTest() {
        var random = new CounterRandom(1, 0, 0);
        for (int i = 0; i < labels.length; i++) {
            int cloud = (int) random.nextLong(2);
            points.add(
                    new float[] {
                        (float) (4 * cloud + random.nextGaussian()), (float) random.nextGaussian()
                    });
            labels[i] = i < HALF ? cloud : 1 - cloud;
        }
    }

    private double[] accuracy(OnlineClassifier classifier, int delay) {
        return new LateLabels(points, labels, HALF, delay).accuracy(classifier, WINDOW);
    }

    private static Supplier<OnlineClassifier> named(String name) {
        return switch (name) {
            case "softmax" -> () -> new SoftmaxRegression(2, 2, 0.1);
            default -> () -> new GaussianNaiveBayes(2, 2);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "naive Bayes"})
    void tellsTheCloudsApartAndWithoutNewLabelsIsWrongWhenTheyChangePlaces(String name) {
        double[] accuracy = accuracy(named(name).get(), -1);
        // Two deviations from the middle: 97.7 % is the best that can be.
        assertThat(accuracy[3]).isBetween(0.96, 0.99);
        assertThat(accuracy[7]).isLessThan(0.04);
    }

    @Test
    void naiveBayesRemembersTooMuchWithoutADetectorAndStartsAnewWithOne() {
        double[] without = accuracy(named("naive Bayes").get(), 100);
        var anew = new StartedAnew(named("naive Bayes"));
        double[] with = accuracy(anew, 100);
        assertThat(without[6]).isLessThan(0.5);
        assertThat(with[6]).isGreaterThan(0.96);
        assertThat(anew.starts()).isEqualTo(1);
    }

    @Test
    void aLabelIsLearnedWhenItComesAndNotBefore() {
        var seen = new ArrayList<String>();
        OnlineClassifier listener =
                new OnlineClassifier() {
                    @Override
                    public int classify(float[] features) {
                        seen.add("?" + (int) features[0]);
                        return 0;
                    }

                    @Override
                    public void learn(float[] features, int label) {
                        seen.add("!" + (int) features[0]);
                    }
                };
        List<float[]> numbers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            numbers.add(new float[] {i});
        }
        double[] accuracy =
                new LateLabels(numbers, new int[] {0, 1, 0, 0, 0}, 2, 1).accuracy(listener, 4);
        assertThat(seen).containsExactly("?0", "!0", "?1", "!1", "?2", "?3", "!2", "?4", "!3");
        assertThat(accuracy).containsExactly(0.75, 1);
    }
}
