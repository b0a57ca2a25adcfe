package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NeighbourKernelTest {

    /**
     * Specification's golden: squared distances (0, 1, 4), next tokens (7, 7, 9), temperature 1.
     */
    @Test
    void sharesOfTheNeighboursAreThoseOfThePaper() {
        double near = NeighbourKernel.weight(0, 0, 1);
        double middle = NeighbourKernel.weight(1, 0, 1);
        double far = NeighbourKernel.weight(4, 0, 1);

        double total = near + middle + far; // 1 + e^-1 + e^-4
        assertThat(total).isCloseTo(1.38619508, within(1e-7));
        assertThat((near + middle) / total).isCloseTo(0.98678711, within(1e-7));
        assertThat(far / total).isCloseTo(0.01321289, within(1e-7));
        // The paper's mix by a lambda of 0.25 with p_LM = 0.5, which our mixer replaces.
        assertThat(0.25 * (near + middle) / total + 0.75 * 0.5).isCloseTo(0.62169678, within(1e-7));
    }

    /**
     * Specification's golden: experts with losses of 1 and 2 nats and equal priors. The posterior
     * of the first is e^-1 / (e^-1 + e^-2): the logistic function of the losses' difference, which
     * is how the mixer turns evidence in nats into a probability.
     */
    @Test
    void evidenceOfOneNatIsTheBayesPosterior() {
        assertThat((double) Logits.squash(2 - 1)).isCloseTo(0.73105858, within(1e-7));
    }

    @Test
    void onlyTheDistanceBeyondTheNearestCounts() {
        assertThat(NeighbourKernel.weight(14, 10, 2)).isEqualTo(NeighbourKernel.weight(4, 0, 2));
    }

    @Test
    void theFarthestWeighsNextToNothingButStaysANumber() {
        assertThat(NeighbourKernel.weight(Float.MAX_VALUE, 0, 1e-6f)).isBetween(0f, 1e-20f);
    }
}
