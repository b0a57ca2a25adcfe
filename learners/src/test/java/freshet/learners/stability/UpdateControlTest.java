package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Order;
import freshet.learners.SavedState;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpdateControlTest {

    private static void obey(UpdateControl control, String action, Map<String, String> arguments) {
        control.obey(Order.of(action, arguments), false, () -> {});
    }

    @Test
    void theRateGrowsFromZeroToItsNewValueOnce() {
        var control = new UpdateControl();
        obey(control, "scaleLearningRate", Map.of("factor", "0.5", "steps", "4"));
        double[] expected = {0.125, 0.25, 0.375, 0.5, 0.5};
        for (double scale : expected) {
            assertThat(control.rateScale()).isEqualTo(scale);
            control.applied(1);
        }
        // It sets, it does not multiply.
        obey(control, "scaleLearningRate", Map.of("factor", "0.5"));
        assertThat(control.rateScale()).isEqualTo(0.5);
        obey(control, "scaleLearningRate", Map.of("factor", "1"));
        assertThat(control.rateScale()).isEqualTo(1);
    }

    @Test
    void aNewFactorLeavesAWarmUpGoingOn() {
        var control = new UpdateControl();
        obey(control, "scaleLearningRate", Map.of("factor", "1", "steps", "4"));
        control.applied(1);
        control.applied(1);
        obey(control, "scaleLearningRate", Map.of("factor", "0.5"));
        assertThat(control.rateScale()).isEqualTo(0.25);
        control.applied(1);
        assertThat(control.rateScale()).isEqualTo(0.5);
    }

    @Test
    void theLimitIsAMultipleOfTheMedianOfTheLastHundred() {
        var control = new UpdateControl();
        obey(control, "limitGradient", Map.of("factor", "3"));
        for (int i = 0; i < 19; i++) {
            control.applied(1);
        }
        assertThat(control.refusal(1e9, 20)).isEmpty(); // too few to tell
        for (int i = 0; i < 81; i++) {
            control.applied(i % 2 == 0 ? 1 : 2);
        }
        // 19 + 41 ones, 40 twos
        assertThat(control.refusal(3, 101)).isEmpty();
        assertThat(control.refusal(3.01, 101)).contains("3.01", "step 101", "3.0");
        for (int i = 0; i < 50; i++) {
            control.applied(4);
        }
        // 25 ones, 25 twos and 50 fours are left: (2 + 4) / 2
        assertThat(control.refusal(9, 151)).isEmpty();
        assertThat(control.refusal(9.01, 151)).isNotEmpty();
        obey(control, "limitGradient", Map.of("factor", "0"));
        assertThat(control.refusal(1e9, 151)).isEmpty();
    }

    @Test
    void momentsAreCountedFromTheirStart() {
        var control = new UpdateControl();
        control.applied(1);
        control.applied(1);
        assertThat(control.nextMomentStep()).isEqualTo(3);
        obey(control, "resetMomentum", Map.of());
        assertThat(control.nextMomentStep()).isEqualTo(1);
    }

    @Test
    void goesOnFromItsBytes() {
        var control = new UpdateControl();
        obey(control, "scaleLearningRate", Map.of("factor", "0.5", "steps", "4"));
        obey(control, "limitGradient", Map.of("factor", "2"));
        for (int i = 0; i < 130; i++) {
            control.applied(i);
        }
        obey(control, "scaleLearningRate", Map.of("factor", "2", "steps", "7"));
        control.applied(1);
        byte[] bytes = SavedState.write(1, control::write);
        var other = new UpdateControl();
        other.applied(5);
        SavedState.read("control", 1, bytes, other::read);
        assertThat(SavedState.write(1, other::write)).isEqualTo(bytes);
        assertThat(other.rateScale()).isCloseTo(2 * 2 / 7.0, within(1e-15));
        assertThat(other.refusal(200, 1)).isEqualTo(control.refusal(200, 1)).isNotEmpty();
    }

    @Test
    void queryKeyClipByHand() {
        assertThat(QueryKeyClip.factor(50, 100)).isEqualTo(1);
        assertThat(QueryKeyClip.factor(100, 100)).isEqualTo(1);
        assertThat(QueryKeyClip.factor(150, 100)).isCloseTo(0.6666666667, within(1e-10));
        assertThat(Math.sqrt(QueryKeyClip.factor(150, 100))).isCloseTo(0.8164965809, within(1e-10));
        assertThat(QueryKeyClip.factor(400, 100)).isEqualTo(0.25);
        assertThat(QueryKeyClip.factor(0, 100)).isEqualTo(1);
        assertThat(QueryKeyClip.factor(-3, 100)).isEqualTo(1);
        assertThat(QueryKeyClip.factor(Double.NaN, 100)).isEqualTo(1);
    }
}
