package freshet.simulators;

import freshet.learners.tensor.CounterRandom;
import java.util.List;

/**
 * Balance and swing-up of the pole on the cart.
 *
 * <p>Start, reward and camera are those of {@code cartpole.py} of the DeepMind control suite, its
 * smooth form; action repeat 8 as in the Distracting Control Suite. Differs in what is drawn: a
 * wider view (the cart never leaves it), and a pole thick enough to have a direction at 32 pixels.
 */
final class CartPoleTask extends Task {

    private static final int RAIL = 0;
    private static final int CART = 1;
    private static final int POLE = 2;
    private static final double POLE_HALF_WIDTH = 0.17;

    private static final Scene SCENE =
            new Scene(
                    2,
                    4,
                    false,
                    0.25f,
                    new float[][] {{0.5f, 0.5f, 0.55f}, {0.3f, 0.45f, 0.8f}, {0.9f, 0.7f, 0.35f}});

    private final boolean swingsUp;
    private final CartPole body = new CartPole();

    CartPoleTask(boolean swingsUp) {
        this.swingsUp = swingsUp;
    }

    @Override
    public int actuators() {
        return 1;
    }

    @Override
    public int actionRepeat() {
        return 8;
    }

    @Override
    public double stepSeconds() {
        return CartPole.STEP_SECONDS;
    }

    @Override
    int stateSize() {
        return CartPole.STATE_SIZE;
    }

    @Override
    void start(CounterRandom random, double[] state) {
        if (swingsUp) {
            state[CartPole.POSITION] = 0.01 * random.nextGaussian();
            state[CartPole.ANGLE] = Math.PI + 0.01 * random.nextGaussian();
        } else {
            state[CartPole.POSITION] = 0.1 * (2 * random.nextDouble() - 1);
            state[CartPole.ANGLE] = 0.034 * (2 * random.nextDouble() - 1);
        }
        state[CartPole.VELOCITY] = 0.01 * random.nextGaussian();
        state[CartPole.ANGULAR_VELOCITY] = 0.01 * random.nextGaussian();
    }

    @Override
    double step(double[] state, float[] action) {
        body.step(state, CartPole.MAX_FORCE * action[0]);
        return reward(state, action[0]);
    }

    /** 1 for an upright pole at rest over the middle of the rail without a force on the cart. */
    static double reward(double[] state, double control) {
        double upright = (StrictMath.cos(state[CartPole.ANGLE]) + 1) / 2;
        double centred = (1 + Tolerance.gaussian(state[CartPole.POSITION], 2)) / 2;
        double smallControl = (4 + Tolerance.quadratic(control, 1)) / 5;
        double smallVelocity = (1 + Tolerance.gaussian(state[CartPole.ANGULAR_VELOCITY], 5)) / 2;
        return upright * centred * smallControl * smallVelocity;
    }

    @Override
    public List<String> trueStateNames() {
        return List.of(
                "cartMetres",
                "poleCosine",
                "poleSine",
                "cartMetresPerSecond",
                "poleRadiansPerSecond");
    }

    @Override
    float[] trueState(double[] state) {
        return new float[] {
            (float) state[CartPole.POSITION],
            (float) StrictMath.cos(state[CartPole.ANGLE]),
            (float) StrictMath.sin(state[CartPole.ANGLE]),
            (float) state[CartPole.VELOCITY],
            (float) state[CartPole.ANGULAR_VELOCITY]
        };
    }

    /** Position and velocity of the cart: the pole has no motor. */
    @Override
    float[] proprioception(double[] state) {
        return new float[] {(float) state[CartPole.POSITION], (float) state[CartPole.VELOCITY]};
    }

    @Override
    Scene scene() {
        return SCENE;
    }

    @Override
    void draw(double[] state, Canvas canvas, float[][] colours) {
        double cart = state[CartPole.POSITION];
        double tipX = cart + CartPole.POLE_LENGTH * StrictMath.sin(state[CartPole.ANGLE]);
        double tipY = CartPole.POLE_LENGTH * StrictMath.cos(state[CartPole.ANGLE]);
        canvas.line(-CartPole.RAIL_END, 0, CartPole.RAIL_END, 0, 0.06, colours[RAIL]);
        canvas.box(cart, 0, 0.36, 0.26, colours[CART]);
        canvas.line(cart, 0, tipX, tipY, POLE_HALF_WIDTH, colours[POLE]);
    }
}
