package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class PowerIterationTest {

    private static final float[] MATRIX = {2, 0, 1, 0, 1, -1}; // [2, 3]

    @Test
    void approachesTheLargestSingularValueFromBelow() {
        var power = new PowerIteration(2, 3, new double[] {1, 0, 0});
        double[] estimates = {2.2360679775, 2.2954805094, 2.3020230982, 2.3026984919, 2.3027677343};
        for (double estimate : estimates) {
            assertThat(power.step(MATRIX, 0)).isCloseTo(estimate, within(6e-11));
        }
        for (int i = 0; i < 20; i++) {
            power.step(MATRIX, 0);
        }
        // (1 + sqrt 13) / 2
        assertThat(power.step(MATRIX, 0)).isCloseTo(2.3027756377, within(6e-11));
    }

    @Test
    void carriesTheVectorsOfItsLastStep() {
        var power = new PowerIteration(2, 3, new double[] {1, 0, 0});
        power.step(MATRIX, 0);
        assertThat(power.left()).containsExactly(1, 0);
        assertThat(power.right())
                .containsExactly(new double[] {0.894427191, 0, 0.4472135955}, within(6e-11));
        var resumed = new PowerIteration(2, 3, power.right());
        assertThat(resumed.step(MATRIX, 0)).isCloseTo(power.step(MATRIX, 0), within(1e-14));
    }

    @Test
    void startsAtAnOffsetAndComesBackFromZero() {
        float[] shifted = new float[8];
        System.arraycopy(MATRIX, 0, shifted, 2, 6);
        var power = PowerIteration.random(2, 3, new CounterRandom(1, 0, 0));
        assertThat(power.step(new float[6], 0)).isZero();
        double estimate = 0;
        for (int i = 0; i < 40; i++) {
            estimate = power.step(shifted, 2);
        }
        assertThat(estimate).isCloseTo(2.3027756377, within(6e-11));
        assertThatThrownBy(() -> new PowerIteration(2, 3, new double[2]))
                .hasMessageContaining("2 values");
    }

    /** Specification's golden: the weight scaled by gamma = 1 over the estimate, after one step. */
    @Test
    void theWeightOverItsEstimateIsTheReparameterisedOne() {
        var power = new PowerIteration(2, 3, new double[] {1, 0, 0});
        double sigma = power.step(MATRIX, 0);
        double[] expected = {0.894427191, 0, 0.4472135955, 0, 0.4472135955, -0.4472135955};
        for (int i = 0; i < expected.length; i++) {
            assertThat(MATRIX[i] / sigma).isCloseTo(expected[i], within(6e-11));
        }
    }
}
