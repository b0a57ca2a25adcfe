package freshet.simulators;

/**
 * Controls a robot by its true state, which no model sees: what such a one earns is a lower bound
 * of what is possible. Made by hand, of textbook parts; nothing is learned.
 */
public final class SeeingController {

    /**
     * Of cart, angle and their velocities: the gains of the discrete Riccati equation for {@link
     * CartPole} about the upright, steps of 80 ms, state weights 0.2, 1, 0.01, 0.05, action weight
     * 0.2. The closed loop's eigenvalues are 0.54, 0.69 and, twice, 0.88.
     */
    private static final double[] UPRIGHT = {0.539, 4.746, 0.646, 1.229};

    /** First moment and inertia of the pole, to three digits, and gravity. */
    private static final double MOMENT = 0.05;

    private static final double INERTIA = 0.0344;
    private static final double GRAVITY = 9.81;

    private final Task.Name task;

    public SeeingController(Task.Name task) {
        this.task = task;
    }

    /**
     * @param state of {@link SimulatedRobot#trueState}
     * @return {@code [A]} in [-1, 1]
     */
    public float[] act(float[] state) {
        return switch (task) {
            case BALANCE, SWING_UP -> new float[] {clipped(push(state))};
            case REACHER, REACHER_SHAPED -> reach(state);
        };
    }

    /** Near the upright by linear feedback, elsewhere by pumping energy into the pole. */
    private static double push(float[] state) {
        double cart = state[0];
        double cosine = state[1];
        double velocity = state[3];
        double spin = state[4];
        double angle = StrictMath.atan2(state[2], cosine);
        if (cosine > 0.85 && Math.abs(spin) < 4) {
            return UPRIGHT[0] * cart
                    + UPRIGHT[1] * angle
                    + UPRIGHT[2] * velocity
                    + UPRIGHT[3] * spin;
        }
        double energy = INERTIA * spin * spin / 2 + MOMENT * GRAVITY * cosine;
        double missing = MOMENT * GRAVITY - energy;
        double pumping = -Math.signum(spin * cosine) * Math.min(1, 4 * missing);
        if (Math.abs(spin) < 0.01) {
            pumping = 1; // hanging at rest: begin somehow
        }
        return 0.8 * pumping - 0.3 * cart - 0.1 * velocity;
    }

    /** Turns both joints to where the finger is on the target, by the bend that is nearer. */
    private static float[] reach(float[] state) {
        double shoulder = StrictMath.atan2(state[1], state[0]);
        double wrist = StrictMath.atan2(state[3], state[2]);
        double squared = (double) state[6] * state[6] + (double) state[7] * state[7];
        double link = TwoLinkArm.LINK;
        double cosine = (squared - 2 * link * link) / (2 * link * link);
        double bend = StrictMath.acos(Math.max(-1, Math.min(1, cosine)));
        double wantedWrist = wrist < 0 ? -bend : bend;
        double wantedShoulder = StrictMath.atan2(state[7], state[6]) - wantedWrist / 2;
        double turn = StrictMath.IEEEremainder(wantedShoulder - shoulder, 2 * Math.PI);
        return new float[] {
            clipped(2 * turn - 0.15 * state[4]),
            clipped(2 * (wantedWrist - wrist) - 0.15 * state[5])
        };
    }

    private static float clipped(double value) {
        return (float) Math.max(-1, Math.min(1, value));
    }
}
