package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

/** Against values worked by hand from the control suite's definitions. */
class RewardTest {

    @Test
    void toleranceIsATenthAtTheMargin() {
        assertThat(Tolerance.gaussian(0, 2)).isEqualTo(1);
        assertThat(Tolerance.gaussian(-2, 2)).isCloseTo(0.1, within(1e-12));
        // half way: 0.1 to the power of a quarter
        assertThat(Tolerance.gaussian(1, 2)).isCloseTo(0.5623413, within(1e-7));
        assertThat(Tolerance.quadratic(0.5, 1)).isEqualTo(0.75);
        assertThat(Tolerance.quadratic(-1.5, 1)).isZero();
    }

    @Test
    void cartPoleIsPaidForEachOfFourThings() {
        assertThat(CartPoleTask.reward(new double[] {0, 0, 0, 0}, 0)).isEqualTo(1);
        assertThat(CartPoleTask.reward(new double[] {0, Math.PI, 0, 0}, 0)).isZero();
        // upright (cos + 1) / 2 = 0.5, centred (1 + 0.1) / 2 = 0.55
        assertThat(CartPoleTask.reward(new double[] {2, Math.PI / 2, 0, 0}, 0))
                .isCloseTo(0.275, within(1e-12));
        // small control (4 + 0.75) / 5 = 0.95, small velocity (1 + 0.1) / 2 = 0.55
        assertThat(CartPoleTask.reward(new double[] {0, 0, 7, -5}, 0.5))
                .isCloseTo(0.5225, within(1e-12));
    }

    @Test
    void reacherIsPaidOnTheTargetAlone() {
        // radii 0.05 and 0.01
        assertThat(ReacherTask.reward(0.06, 0)).isEqualTo(1);
        assertThat(ReacherTask.reward(0.0601, 0)).isZero();
    }

    @Test
    void shapedReacherIsPaidForComingNear() {
        assertThat(ReacherTask.reward(0.06, 0.15)).isEqualTo(1);
        // the edge and a margin beyond it
        assertThat(ReacherTask.reward(0.21, 0.15)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void episodesStartWhereTheSuiteStartsThem() {
        var balance = new CartPoleTask(false);
        var swingUp = new CartPoleTask(true);
        var reacher = new ReacherTask(0);
        double[] state = new double[6];
        for (int seed = 0; seed < 500; seed++) {
            balance.start(new CounterRandom(seed, 0, 0), state);
            assertThat(state[CartPole.POSITION]).isBetween(-0.1, 0.1);
            assertThat(state[CartPole.ANGLE]).isBetween(-0.034, 0.034);
            swingUp.start(new CounterRandom(seed, 0, 0), state);
            assertThat(state[CartPole.ANGLE]).isCloseTo(Math.PI, within(0.06));
            assertThat(state[CartPole.POSITION]).isCloseTo(0, within(0.06));
            reacher.start(new CounterRandom(seed, 0, 0), state);
            assertThat(Math.abs(state[TwoLinkArm.WRIST])).isLessThan(TwoLinkArm.WRIST_LIMIT);
            assertThat(Math.hypot(state[4], state[5])).isBetween(0.05, 0.2);
        }
    }
}
