package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The gradient of a weight scaled to {@code gamma / sigma} (stability specification A.1.3), with
 * the vectors of power iteration as constants and sigma differentiated, on one engine.
 */
public abstract class SigmaReparamContract {

    private static final float[] MATRIX = {2, 0, 1, 0, 1, -1}; // [2, 3]

    protected abstract TensorEngine engine();

    @Test
    void gradientAfterOneStepOfPowerIteration() {
        var power = new PowerIteration(2, 3, new double[] {1, 0, 0});
        double sigma = power.step(MATRIX, 0);
        Layout layout =
                new Layout.Builder()
                        .add("weight", random -> 0, 2, 3)
                        .add("gamma", random -> 0)
                        .build();
        Inputs inputs =
                new Inputs()
                        .put("left", narrow(power.left()), 1, 2)
                        .put("right", narrow(power.right()), 3, 1)
                        .put("upstream", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        float[] start = {2, 0, 1, 0, 1, -1, 1};
        try (Session session = engine().open(layout, start, new Reparameterised())) {
            // v^T W u' on the engine is the estimate itself.
            assertThat(session.differentiate(inputs, Set.of("sigma")).scalar("sigma"))
                    .isCloseTo(sigma, within(1e-6));
            double[] expected = {
                -0.2683281573, 0.894427191, 0.9838699101, // dW
                1.788854382, 2.2360679775, 2.683281573,
                1.788854382 // dgamma
            };
            float[] gradient = session.gradient();
            for (int i = 0; i < expected.length; i++) {
                // A few products of 32-bit floats below 6.
                assertThat((double) gradient[i]).isCloseTo(expected[i], within(2e-6));
            }
        }
    }

    private static float[] narrow(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** loss = sum of upstream x gamma / (left W right) W. */
    private static final class Reparameterised implements Program {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T weight = parameters.get("weight");
            T product = ops.matmul(inputs.get("left"), weight); // [1, 3]
            T sigma = ops.sumAll(ops.matmul(product, inputs.get("right")));
            T scaled = ops.multiply(weight, ops.divide(parameters.get("gamma"), sigma));
            T loss = ops.sumAll(ops.multiply(scaled, inputs.get("upstream")));
            return Map.of(LOSS, loss, "sigma", sigma);
        }
    }
}
