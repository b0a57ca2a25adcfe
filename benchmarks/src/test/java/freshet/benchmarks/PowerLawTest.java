package freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PowerLawTest {

    @Test
    void findsTheLawThatItWasGiven() {
        // 3 x^1.5
        PowerLaw law = PowerLaw.fit(new double[] {1, 4, 16}, new double[] {3, 24, 192});
        assertThat(law.factor()).isCloseTo(3, within(1e-9));
        assertThat(law.exponent()).isCloseTo(1.5, within(1e-9));
        assertThat(law.residual()).isCloseTo(0, within(1e-9));
        assertThat(law.at(9)).isCloseTo(81, within(1e-9));
        assertThat(law.sizeAt(81)).isCloseTo(9, within(1e-9));
    }

    @Test
    void theResidualIsTheDistanceOfTheLogarithms() {
        // The mean of 1 and e^2 is e between logarithms, at both sizes: a level line 1 away.
        double high = Math.exp(2);
        PowerLaw law = PowerLaw.fit(new double[] {1, 1, 2, 2}, new double[] {1, high, 1, high});
        assertThat(law.exponent()).isCloseTo(0, within(1e-9));
        assertThat(law.residual()).isCloseTo(1, within(1e-9));
    }

    @Test
    void oneSizeIsTooFew() {
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1}, new double[] {1}))
                .hasMessageContaining("at least 2");
    }
}
