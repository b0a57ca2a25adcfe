package freshet.simulators;

import freshet.learners.tensor.CounterRandom;
import java.util.List;

/**
 * Bring the finger of the {@link TwoLinkArm} to a target that the camera shows.
 *
 * <p>Start, target and reward are those of {@code reacher.py} of the DeepMind control suite, easy
 * form; action repeat 4 as in the Distracting Control Suite. Differs in what is drawn: links twice
 * as thick.
 */
final class ReacherTask extends Task {

    /** Distance beyond the target's edge at which the shaped reward is 0.1, m. */
    static final double SHAPED_MARGIN = 0.15;

    private static final double TARGET_RADIUS = 0.05;
    private static final double FINGER_RADIUS = 0.01;

    private static final int TARGET_X = TwoLinkArm.STATE_SIZE;
    private static final int TARGET_Y = TwoLinkArm.STATE_SIZE + 1;

    private static final int TARGET = 0;
    private static final int UPPER = 1;
    private static final int LOWER = 2;
    private static final int FINGER = 3;

    private static final Scene SCENE =
            new Scene(
                    0.3,
                    0.75,
                    true,
                    0.25f,
                    new float[][] {
                        {0.9f, 0.2f, 0.2f},
                        {0.8f, 0.7f, 0.3f},
                        {0.9f, 0.8f, 0.4f},
                        {0.3f, 0.6f, 1f}
                    });

    private final double margin;
    private final TwoLinkArm body = new TwoLinkArm();

    /**
     * @param margin distance beyond the target's edge at which the reward is 0.1, m; 0: no reward
     *     beside the target, as in the suite
     */
    ReacherTask(double margin) {
        this.margin = margin;
    }

    @Override
    public int actuators() {
        return 2;
    }

    @Override
    public int actionRepeat() {
        return 4;
    }

    @Override
    public double stepSeconds() {
        return TwoLinkArm.STEP_SECONDS;
    }

    @Override
    int stateSize() {
        return TwoLinkArm.STATE_SIZE + 2;
    }

    @Override
    void start(CounterRandom random, double[] state) {
        state[TwoLinkArm.SHOULDER] = Math.PI * (2 * random.nextDouble() - 1);
        state[TwoLinkArm.WRIST] = TwoLinkArm.WRIST_LIMIT * (2 * random.nextDouble() - 1);
        state[TwoLinkArm.SHOULDER_VELOCITY] = 0;
        state[TwoLinkArm.WRIST_VELOCITY] = 0;
        double direction = 2 * Math.PI * random.nextDouble();
        double radius = 0.05 + 0.15 * random.nextDouble();
        state[TARGET_X] = radius * StrictMath.sin(direction);
        state[TARGET_Y] = radius * StrictMath.cos(direction);
    }

    @Override
    double step(double[] state, float[] action) {
        body.step(state, TwoLinkArm.MAX_TORQUE * action[0], TwoLinkArm.MAX_TORQUE * action[1]);
        return reward(distance(state), margin);
    }

    /**
     * @param distance of the finger's centre from the target's, m
     */
    static double reward(double distance, double margin) {
        double beyond = distance - (TARGET_RADIUS + FINGER_RADIUS);
        if (beyond <= 0) {
            return 1;
        }
        return margin == 0 ? 0 : Tolerance.gaussian(beyond, margin);
    }

    private static double distance(double[] state) {
        double x = TwoLinkArm.fingerX(state) - state[TARGET_X];
        double y = TwoLinkArm.fingerY(state) - state[TARGET_Y];
        return Math.sqrt(x * x + y * y);
    }

    @Override
    public List<String> trueStateNames() {
        return List.of(
                "shoulderCosine",
                "shoulderSine",
                "wristCosine",
                "wristSine",
                "shoulderRadiansPerSecond",
                "wristRadiansPerSecond",
                "targetMetresRight",
                "targetMetresUp");
    }

    @Override
    float[] trueState(double[] state) {
        return new float[] {
            (float) StrictMath.cos(state[TwoLinkArm.SHOULDER]),
            (float) StrictMath.sin(state[TwoLinkArm.SHOULDER]),
            (float) StrictMath.cos(state[TwoLinkArm.WRIST]),
            (float) StrictMath.sin(state[TwoLinkArm.WRIST]),
            (float) state[TwoLinkArm.SHOULDER_VELOCITY],
            (float) state[TwoLinkArm.WRIST_VELOCITY],
            (float) state[TARGET_X],
            (float) state[TARGET_Y]
        };
    }

    /** Both angles, the shoulder's within half a turn of 0, and their velocities. */
    @Override
    float[] proprioception(double[] state) {
        return new float[] {
            (float) StrictMath.IEEEremainder(state[TwoLinkArm.SHOULDER], 2 * Math.PI),
            (float) state[TwoLinkArm.WRIST],
            (float) state[TwoLinkArm.SHOULDER_VELOCITY],
            (float) state[TwoLinkArm.WRIST_VELOCITY]
        };
    }

    @Override
    Scene scene() {
        return SCENE;
    }

    @Override
    void draw(double[] state, Canvas canvas, float[][] colours) {
        double wristX = TwoLinkArm.wristX(state);
        double wristY = TwoLinkArm.wristY(state);
        double fingerX = TwoLinkArm.fingerX(state);
        double fingerY = TwoLinkArm.fingerY(state);
        canvas.disc(state[TARGET_X], state[TARGET_Y], TARGET_RADIUS, colours[TARGET]);
        canvas.line(0, 0, wristX, wristY, 0.02, colours[UPPER]);
        canvas.line(wristX, wristY, fingerX, fingerY, 0.02, colours[LOWER]);
        canvas.disc(fingerX, fingerY, 0.025, colours[FINGER]);
    }
}
