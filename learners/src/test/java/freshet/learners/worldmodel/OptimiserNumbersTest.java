package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Golden numbers of what is computed in Java: temperature, clip, streaming update. */
class OptimiserNumbersTest {

    @Test
    void tooLittleEntropyRaisesTheTemperature() {
        var temperature = new Temperature(-2.3, 1e-3, -6);
        assertThat(temperature.alpha()).isCloseTo(.100258843723, within(1e-12));
        // -alpha (-6 + 1.25) is positive: the entropy of -1.25 is above its target of -6.
        assertThat(temperature.gradient(1.25)).isCloseTo(.476229507683, within(1e-12));
        double before = temperature.alpha();
        temperature.learn(1.25);
        assertThat(temperature.alpha()).isLessThan(before);
        var low = new Temperature(-2.3, 1e-3, -6);
        low.learn(7);
        assertThat(low.alpha()).isGreaterThan(before);
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        double step = 1e-5;
        double difference = (loss(-2.3 + step) - loss(-2.3 - step)) / (2 * step);
        assertThat(new Temperature(-2.3, 1, -6).gradient(1.25)).isCloseTo(difference, within(1e-9));
    }

    private static double loss(double logAlpha) {
        return -Math.exp(logAlpha) * (-6 + 1.25);
    }

    @Test
    void theFirstStepsOfTheTemperature() {
        var temperature = new Temperature(0, 0.1, -1);
        temperature.learn(-1); // gradient 2, cut to 1; Adam's first step is the rate
        assertThat(temperature.alpha()).isCloseTo(Math.exp(-0.1), within(1e-7));
        temperature.learn(1); // gradient 0: moments .25 and .999e-3, corrected .25 / .75 and .5
        assertThat(temperature.alpha())
                .isCloseTo(Math.exp(-0.1 - 0.1 * .3333333333 / Math.sqrt(.49975)), within(1e-5));
    }

    @Test
    void theTemperatureStaysBelowItsLimit() {
        var temperature = new Temperature(2.95, 0.1, -1);
        for (int i = 0; i < 10; i++) {
            temperature.learn(100);
        }
        assertThat(temperature.alpha()).isCloseTo(Math.exp(3), within(1e-9));
    }

    @Test
    void aTemperatureGoesOnFromWhatItWrote() throws IOException {
        var straight = new Temperature(-1, 0.1, -1);
        straight.learn(0.5);
        var bytes = new ByteArrayOutputStream();
        straight.write(new DataOutputStream(bytes));
        var resumed = new Temperature(0, 0.1, -1);
        resumed.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        straight.learn(2);
        resumed.learn(2);
        assertThat(resumed.alpha()).isEqualTo(straight.alpha());
    }

    @Test
    void aGradientOfFiftyIsCutToTen() {
        double scale = GradientClip.scale(10, Math.hypot(30, 40));
        assertThat(30 * scale).isCloseTo(5.99999988, within(1e-9)); // 10 / (50 + 1e-6)
        assertThat(40 * scale).isCloseTo(7.99999984, within(1e-9));
        assertThat(GradientClip.scale(10, 9.9)).isEqualTo(1);
        assertThat(GradientClip.scale(10, 0)).isEqualTo(1);
    }

    @Test
    void twoStepsOfTheStreamingUpdate() {
        var update = new StreamingUpdate(1, .792, 2, new double[] {1, -1});
        // trace (-.5, .2): 2 * 2 * .7 = 2.8 times too far
        assertThat(update.learn(new double[] {-.5, .2}, 2)).isCloseTo(.357142857, within(1e-9));
        close(update.weights(), 1.357142857, -1.142857143);
        // trace .792 (-.5, .2) + (.3, .1); 2 * 1 * .3544 is not too far
        assertThat(update.learn(new double[] {.3, .1}, -.4)).isEqualTo(1);
        close(update.trace(), -.096, .2584);
        close(update.weights(), 1.318742857, -1.039497143);
    }

    /** A linear value of inputs within 1 moves by at most 1 / kappa of the record's error. */
    @Test
    void aStreamingUpdateNeverOvershoots() {
        for (double error : new double[] {1, 3, 10, -15}) {
            double[] inputs = {0.9, -1, 0.5};
            var update = new StreamingUpdate(1, .8, 2, new double[3]);
            update.learn(new double[] {-.9, 1, -.5}, error);
            double moved = 0;
            for (int i = 0; i < 3; i++) {
                moved += update.weights()[i] * inputs[i];
            }
            assertThat(moved / error).isBetween(0.01, 0.5);
        }
    }

    private static void close(double[] actual, double... expected) {
        assertThat(actual).containsExactly(expected, within(1e-9));
    }
}
