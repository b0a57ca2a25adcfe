package freshet.simulators;

/**
 * A pole on a cart on a rail. Angle 0 is upright and grows towards positive positions; the tip is
 * at {@code (x + L sin(angle), L cos(angle))}.
 *
 * <p>Source of sizes: {@code cartpole.xml} of the DeepMind control suite; like there the equations
 * of motion are integrated by {@link RungeKutta} in steps of 10 ms. It differs where the cart meets
 * the end of the rail: here a stop without bounce that keeps the pole's momentum about its hinge,
 * there a stiff damper (80 ms).
 */
final class CartPole {

    static final int POSITION = 0;
    static final int ANGLE = 1;
    static final int VELOCITY = 2;
    static final int ANGULAR_VELOCITY = 3;

    /** Entries of a state: position m, angle rad, velocity m/s, angular velocity rad/s. */
    static final int STATE_SIZE = 4;

    static final double STEP_SECONDS = 0.01;
    static final double RAIL_END = 1.8;
    static final double POLE_LENGTH = 1;
    static final double MAX_FORCE = 10;

    private static final double GRAVITY = 9.81;
    private static final double CART_MASS = 1;
    private static final Capsule POLE = new Capsule(POLE_LENGTH, 0.045, 0.1);

    /** About the hinge, kg m². */
    private static final double INERTIA = POLE.inertiaAboutEnd();

    /** Mass of the pole times the distance of its centre from the hinge, kg m. */
    private static final double MOMENT = POLE.mass() * POLE_LENGTH / 2;

    private static final double ALL_MASS = CART_MASS + POLE.mass();

    private final double railFriction;
    private final double hingeFriction;
    private final RungeKutta integrator = new RungeKutta(STATE_SIZE);

    /** With the suite's friction. */
    CartPole() {
        this(5e-4, 2e-6);
    }

    /**
     * @param railFriction N s/m
     * @param hingeFriction N m s
     */
    CartPole(double railFriction, double hingeFriction) {
        this.railFriction = railFriction;
        this.hingeFriction = hingeFriction;
    }

    /**
     * Moves {@code state} on by {@link #STEP_SECONDS}.
     *
     * @param force on the cart, N
     */
    void step(double[] state, double force) {
        integrator.step((from, rates) -> rates(from, force, rates), state, STEP_SECONDS);
        stopAtRailEnd(state);
    }

    private void rates(double[] state, double force, double[] rates) {
        double sine = StrictMath.sin(state[ANGLE]);
        double cosine = StrictMath.cos(state[ANGLE]);
        double spin = state[ANGULAR_VELOCITY];
        double onCart = force - railFriction * state[VELOCITY] + MOMENT * sine * spin * spin;
        double onPole = MOMENT * GRAVITY * sine - hingeFriction * spin;
        double coupling = MOMENT * cosine;
        double determinant = ALL_MASS * INERTIA - coupling * coupling;
        rates[POSITION] = state[VELOCITY];
        rates[ANGLE] = spin;
        rates[VELOCITY] = (INERTIA * onCart - coupling * onPole) / determinant;
        rates[ANGULAR_VELOCITY] = (ALL_MASS * onPole - coupling * onCart) / determinant;
    }

    private static void stopAtRailEnd(double[] state) {
        if (Math.abs(state[POSITION]) < RAIL_END) {
            return;
        }
        double side = Math.signum(state[POSITION]);
        state[POSITION] = side * RAIL_END;
        if (side * state[VELOCITY] > 0) {
            double coupling = MOMENT * StrictMath.cos(state[ANGLE]);
            state[ANGULAR_VELOCITY] += coupling * state[VELOCITY] / INERTIA;
            state[VELOCITY] = 0;
        }
    }

    /** Kinetic and potential energy, J; 0 with the pole level and everything at rest. */
    static double energy(double[] state) {
        double cosine = StrictMath.cos(state[ANGLE]);
        double velocity = state[VELOCITY];
        double spin = state[ANGULAR_VELOCITY];
        return ALL_MASS * velocity * velocity / 2
                + MOMENT * cosine * velocity * spin
                + INERTIA * spin * spin / 2
                + MOMENT * GRAVITY * cosine;
    }
}
