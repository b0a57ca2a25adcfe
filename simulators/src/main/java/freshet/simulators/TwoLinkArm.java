package freshet.simulators;

/**
 * An arm of two links that moves in a level plane: shoulder, wrist and, at the end, a finger.
 *
 * <p>Source of sizes: {@code reacher.xml} of the DeepMind control suite. It differs in the
 * integrator, {@link RungeKutta} in steps of 5 ms (there semi-implicit Euler in steps of 20 ms),
 * and where the wrist meets its limit: here a stop without bounce that keeps the momentum about the
 * shoulder.
 */
final class TwoLinkArm {

    static final int SHOULDER = 0;
    static final int WRIST = 1;
    static final int SHOULDER_VELOCITY = 2;
    static final int WRIST_VELOCITY = 3;

    /** Entries of a state that move: two angles rad, two angular velocities rad/s. */
    static final int STATE_SIZE = 4;

    static final double STEP_SECONDS = 0.02;
    static final double LINK = 0.12;
    static final double WRIST_LIMIT = Math.toRadians(160);
    static final double MAX_TORQUE = 0.05;

    private static final int SUBSTEPS = 4;
    private static final double DENSITY = 1000;
    private static final double RADIUS = 0.01;
    private static final double HAND = 0.1;
    private static final double FINGER_MASS = DENSITY * Capsule.sphere(RADIUS);

    private static final Capsule UPPER = Capsule.ofDensity(LINK, RADIUS, DENSITY);
    private static final Capsule LOWER = Capsule.ofDensity(HAND, RADIUS, DENSITY);

    /** Of hand and finger about the wrist, kg m². */
    private static final double LOWER_INERTIA =
            LOWER.inertiaAboutEnd() + FINGER_MASS * (0.4 * RADIUS * RADIUS + LINK * LINK);

    /** Mass of hand and finger times their centre's distance from the wrist, kg m. */
    private static final double LOWER_MOMENT = LOWER.mass() * HAND / 2 + FINGER_MASS * LINK;

    /** Of the arm about the shoulder if hand and finger were a point at the wrist, kg m². */
    private static final double UPPER_INERTIA =
            UPPER.inertiaAboutEnd() + (LOWER.mass() + FINGER_MASS) * LINK * LINK;

    private final double friction;
    private final RungeKutta integrator = new RungeKutta(STATE_SIZE);

    /** With the suite's friction. */
    TwoLinkArm() {
        this(0.01);
    }

    /**
     * @param friction of each joint, N m s
     */
    TwoLinkArm(double friction) {
        this.friction = friction;
    }

    /**
     * Moves {@code state} on by {@link #STEP_SECONDS}.
     *
     * @param shoulderTorque N m
     * @param wristTorque N m
     */
    void step(double[] state, double shoulderTorque, double wristTorque) {
        for (int i = 0; i < SUBSTEPS; i++) {
            integrator.step(
                    (from, rates) -> rates(from, shoulderTorque, wristTorque, rates),
                    state,
                    STEP_SECONDS / SUBSTEPS);
            stopAtWristLimit(state);
        }
    }

    private void rates(double[] state, double shoulderTorque, double wristTorque, double[] rates) {
        double shoulder = state[SHOULDER_VELOCITY];
        double wrist = state[WRIST_VELOCITY];
        double swing = LINK * LOWER_MOMENT * StrictMath.sin(state[WRIST]);
        double all = allInertia(state[WRIST]);
        double coupling = coupling(state[WRIST]);
        double onShoulder =
                shoulderTorque
                        - friction * shoulder
                        + swing * (2 * shoulder * wrist + wrist * wrist);
        double onWrist = wristTorque - friction * wrist - swing * shoulder * shoulder;
        double determinant = all * LOWER_INERTIA - coupling * coupling;
        rates[SHOULDER] = shoulder;
        rates[WRIST] = wrist;
        rates[SHOULDER_VELOCITY] = (LOWER_INERTIA * onShoulder - coupling * onWrist) / determinant;
        rates[WRIST_VELOCITY] = (all * onWrist - coupling * onShoulder) / determinant;
    }

    private static void stopAtWristLimit(double[] state) {
        if (Math.abs(state[WRIST]) < WRIST_LIMIT) {
            return;
        }
        double side = Math.signum(state[WRIST]);
        double momentum = momentum(state);
        state[WRIST] = side * WRIST_LIMIT;
        if (side * state[WRIST_VELOCITY] > 0) {
            state[SHOULDER_VELOCITY] = momentum / allInertia(state[WRIST]);
            state[WRIST_VELOCITY] = 0;
        }
    }

    private static double allInertia(double wrist) {
        return UPPER_INERTIA + LOWER_INERTIA + 2 * LINK * LOWER_MOMENT * StrictMath.cos(wrist);
    }

    private static double coupling(double wrist) {
        return LOWER_INERTIA + LINK * LOWER_MOMENT * StrictMath.cos(wrist);
    }

    /** Kinetic energy, J: the plane is level. */
    static double energy(double[] state) {
        double shoulder = state[SHOULDER_VELOCITY];
        double wrist = state[WRIST_VELOCITY];
        return allInertia(state[WRIST]) * shoulder * shoulder / 2
                + coupling(state[WRIST]) * shoulder * wrist
                + LOWER_INERTIA * wrist * wrist / 2;
    }

    /** Angular momentum about the shoulder, kg m²/s. */
    static double momentum(double[] state) {
        return allInertia(state[WRIST]) * state[SHOULDER_VELOCITY]
                + coupling(state[WRIST]) * state[WRIST_VELOCITY];
    }

    static double wristX(double[] state) {
        return LINK * StrictMath.cos(state[SHOULDER]);
    }

    static double wristY(double[] state) {
        return LINK * StrictMath.sin(state[SHOULDER]);
    }

    /** Where the finger is, m to the right of the shoulder. */
    static double fingerX(double[] state) {
        return wristX(state) + LINK * StrictMath.cos(state[SHOULDER] + state[WRIST]);
    }

    /** Where the finger is, m above the shoulder. */
    static double fingerY(double[] state) {
        return wristY(state) + LINK * StrictMath.sin(state[SHOULDER] + state[WRIST]);
    }
}
