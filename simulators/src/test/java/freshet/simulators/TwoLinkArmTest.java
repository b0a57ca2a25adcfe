package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TwoLinkArmTest {

    @Test
    void fingerIsWhereBothLinksPoint() {
        double[] bent = {0, Math.PI / 2, 0, 0};
        assertThat(TwoLinkArm.fingerX(bent)).isCloseTo(0.12, within(1e-12));
        assertThat(TwoLinkArm.fingerY(bent)).isCloseTo(0.12, within(1e-12));
        double[] up = {Math.PI / 2, 0, 0, 0};
        assertThat(TwoLinkArm.fingerX(up)).isCloseTo(0, within(1e-12));
        assertThat(TwoLinkArm.fingerY(up)).isCloseTo(0.24, within(1e-12));
        // 0.12 (cos 30° + cos 150°) = 0, 0.12 (sin 30° + sin 150°) = 0.12
        double[] folded = {Math.toRadians(30), Math.toRadians(120), 0, 0};
        assertThat(TwoLinkArm.fingerX(folded)).isCloseTo(0, within(1e-12));
        assertThat(TwoLinkArm.fingerY(folded)).isCloseTo(0.12, within(1e-12));
    }

    @Test
    void withoutFrictionEnergyAndAngularMomentumStay() {
        TwoLinkArm free = new TwoLinkArm(0);
        double[] state = {0.3, -2, 4, -6};
        double energy = TwoLinkArm.energy(state);
        double momentum = TwoLinkArm.momentum(state);
        for (int step = 0; step < 20 && Math.abs(state[TwoLinkArm.WRIST]) < 2.7; step++) {
            free.step(state, 0, 0);
        }
        assertThat(TwoLinkArm.energy(state) / energy).isCloseTo(1, within(1e-5));
        assertThat(TwoLinkArm.momentum(state) / momentum).isCloseTo(1, within(1e-5));
        assertThat(state[TwoLinkArm.WRIST_VELOCITY]).as("not a rigid body").isNotEqualTo(-6);
    }

    @Test
    void shoulderTorqueGivesAngularMomentumAndWristTorqueNone() {
        TwoLinkArm free = new TwoLinkArm(0);
        double[] state = {0.3, 1, 0, 0};
        for (int step = 0; step < 3; step++) {
            free.step(state, 0.05, -0.01);
        }
        // 0.05 N m for 0.06 s
        assertThat(TwoLinkArm.momentum(state)).isCloseTo(0.003, within(1e-7));
    }

    @Test
    void turnsNoFasterThanFrictionAllows() {
        TwoLinkArm arm = new TwoLinkArm();
        double[] state = {0, 0, 0, 0};
        for (int step = 0; step < 1000; step++) {
            arm.step(state, 0.05, 0);
        }
        // 0.05 N m / 0.01 N m s
        assertThat(state[TwoLinkArm.SHOULDER_VELOCITY]).isCloseTo(5, within(1e-3));
        assertThat(state[TwoLinkArm.WRIST_VELOCITY]).isCloseTo(0, within(1e-3));
    }

    @Test
    void wristStopsAtItsLimitAndTheMomentumGoesToTheShoulder() {
        TwoLinkArm free = new TwoLinkArm(0);
        double[] state = {0, TwoLinkArm.WRIST_LIMIT - 0.01, 0, 3};
        double momentum = TwoLinkArm.momentum(state);
        free.step(state, 0, 0);
        assertThat(state[TwoLinkArm.WRIST]).isLessThanOrEqualTo(TwoLinkArm.WRIST_LIMIT);
        assertThat(Math.abs(state[TwoLinkArm.WRIST_VELOCITY])).isLessThan(0.5);
        assertThat(TwoLinkArm.momentum(state) / momentum).isCloseTo(1, within(1e-6));
    }
}
