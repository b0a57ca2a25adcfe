package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CartPoleTest {

    private static final int SECOND = 100;

    @Test
    void hangingPoleSwingsWithThePeriodOfSmallAngles() {
        CartPole free = new CartPole(0, 0);
        double[] state = {0, Math.PI + 0.001, 0, 0};
        double firstCrossing = 0;
        double lastCrossing = 0;
        int crossings = 0;
        for (int step = 0; step < 10 * SECOND; step++) {
            double before = state[CartPole.ANGLE] - Math.PI;
            free.step(state, 0);
            double after = state[CartPole.ANGLE] - Math.PI;
            if (before * after < 0) {
                lastCrossing = 0.01 * (step + before / (before - after));
                firstCrossing = crossings == 0 ? lastCrossing : firstCrossing;
                crossings++;
            }
        }
        double period = 2 * (lastCrossing - firstCrossing) / (crossings - 1);
        // Masses 1.1 kg with the cart, first moment 0.05 kg m, inertia about the hinge 0.034424
        // kg m² (cylinder 0.094340 kg, ends 0.005660 kg): angular frequency squared is
        // 1.1 0.05 9.81 / (1.1 0.034424 - 0.05²) = 15.2565, so 2 pi / 3.90595 s.
        assertThat(period).isCloseTo(1.6086, within(2e-4));
    }

    @Test
    void withoutFrictionEnergyAndMomentumStay() {
        CartPole free = new CartPole(0, 0);
        double[] state = {0, 1, 0.1, -2};
        double energy = CartPole.energy(state);
        double momentum = momentum(state);
        for (int step = 0; step < 4 * SECOND; step++) {
            free.step(state, 0);
            // Method of fourth order: at angular speeds near 8 / s an error near (8 0.01)^5 = 3e-6
            // a step of the kinetic part, most of which comes and goes.
            assertThat(CartPole.energy(state)).isCloseTo(energy, within(1e-5));
            assertThat(momentum(state)).isCloseTo(momentum, within(1e-6));
        }
        assertThat(Math.abs(state[CartPole.ANGULAR_VELOCITY])).as("it moves").isGreaterThan(0.01);
    }

    private static double momentum(double[] state) {
        return 1.1 * state[CartPole.VELOCITY]
                + 0.05 * StrictMath.cos(state[CartPole.ANGLE]) * state[CartPole.ANGULAR_VELOCITY];
    }

    @Test
    void frictionOnlyTakesEnergy() {
        CartPole body = new CartPole(0.5, 0.01);
        double[] state = {0, 1, 0, 0};
        double energy = CartPole.energy(state);
        for (int step = 0; step < SECOND; step++) {
            body.step(state, 0);
            assertThat(CartPole.energy(state)).isLessThan(energy + 1e-9);
            energy = CartPole.energy(state);
        }
        // Started at rest with 0.05 9.81 cos(1) = 0.265 J.
        assertThat(energy).isLessThan(0.26);
    }

    @Test
    void forceGivesItsImpulse() {
        CartPole free = new CartPole(0, 0);
        double[] state = {0, 0.3, 0, 0};
        for (int step = 0; step < 20; step++) {
            free.step(state, 10);
        }
        // 10 N for 0.2 s
        assertThat(momentum(state)).isCloseTo(2, within(1e-6));
    }

    @Test
    void railEndStopsTheCartAndThePoleSwingsOn() {
        double[] state = {1.79, 0.2, 2, 0};
        new CartPole(0, 0).step(state, 0);
        assertThat(state[CartPole.POSITION]).isEqualTo(CartPole.RAIL_END);
        assertThat(state[CartPole.VELOCITY]).isZero();
        // The pole keeps its momentum about the hinge, 0.05 cos(0.2) 2 m/s; gravity adds
        // 0.05 9.81 sin(0.2) 0.01 s: (0.098 + 0.00097) / 0.034424.
        assertThat(state[CartPole.ANGULAR_VELOCITY]).isCloseTo(2.875, within(0.003));
    }

    @Test
    void cartLeavesTheRailEndAgain() {
        double[] state = {1.8, 0, 0, 0};
        CartPole body = new CartPole();
        body.step(state, 10);
        assertThat(state[CartPole.POSITION]).isEqualTo(CartPole.RAIL_END);
        body.step(state, -10);
        assertThat(state[CartPole.POSITION]).isLessThan(CartPole.RAIL_END);
    }
}
