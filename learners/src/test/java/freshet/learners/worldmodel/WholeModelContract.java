package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.Program;
import freshet.learners.tensor.TensorEngine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A tiny world model with weights of a formula, whose losses and gradients a reference in double
 * precision gave: two sequences of four steps. Checks the wiring and the indices of time; each
 * engine extends this.
 */
public abstract class WholeModelContract {

    private static final int STEPS = 4;
    private static final int SEQUENCES = 2;
    private static final int FEATURES = 4;
    private static final int ACTIONS = 2;

    private static final WorldModelConfig CONFIG =
            new WorldModelConfig(
                    new WorldModelConfig.Encoder(
                            1,
                            7,
                            7,
                            List.of(1),
                            List.of(1),
                            WorldModelConfig.InitialKernels.CENTRES,
                            FEATURES,
                            0,
                            List.of()),
                    new WorldModelConfig.Latent(
                            List.of(5), List.of(4), 3, 2, List.of(6), List.of(6), true),
                    new WorldModelConfig.Heads(
                            List.of(5),
                            List.of(4),
                            0,
                            List.of(4),
                            WorldModelConfig.InverseInput.STATES),
                    new WorldModelConfig.Behaviour(ACTIONS, List.of(4), List.of(4)));

    protected abstract TensorEngine engine();

    private static Formula tiny() {
        return tiny(LossWeights.reference());
    }

    private static Formula tiny(LossWeights weights) {
        Formula formula =
                new Formula(
                        (ops, a) -> {
                            var model = new WorldModel(CONFIG);
                            var noise = ops.zeros(STEPS * SEQUENCES, 2);
                            var actions = a.get("actions");
                            var unrolled =
                                    model.latentState()
                                            .unroll(
                                                    ops,
                                                    a,
                                                    a.get("features"),
                                                    actions,
                                                    noise,
                                                    SEQUENCES);
                            var batch =
                                    new WorldModel.Batch<>(
                                            a.get("features"),
                                            a.get("features"),
                                            actions,
                                            a.get("rewards"),
                                            ops.zeros((STEPS - 1) * SEQUENCES, 2),
                                            STEPS,
                                            SEQUENCES);
                            Map<String, Object> outputs = new HashMap<>();
                            var states =
                                    model.latentState()
                                            .state(ops, unrolled.latent(), unrolled.hidden());
                            outputs.put(
                                    "rewards",
                                    model.rewards(ops, a, batch.rows(ops, states, 0, 1)));
                            outputs.put("posterior", unrolled.posterior().mean());
                            outputs.put("hidden", unrolled.hidden());
                            outputs.put("prior", unrolled.prior().mean());
                            outputs.put(
                                    Program.LOSS,
                                    model.loss(ops, a, batch, unrolled, weights, true, outputs));
                            return outputs;
                        });
        var fill = new Object() { // tensor n is 0.5 cos(0.9 k + 0.4 n), gains 1 + 0.1 cos(...)
                    int n;

                    void linear(String name, int layer, int in, int out) {
                        weight(name + ".weight" + layer, in, out);
                        vector(name + ".bias" + layer, out, 0, 0.5);
                    }

                    /** The reference has [out, in] in row-major order, we have [in, out]. */
                    void weight(String name, int in, int out) {
                        double[] values = new double[in * out];
                        for (int k = 0; k < values.length; k++) {
                            values[k % in * out + k / in] = 0.5 * Math.cos(0.9 * k + 0.4 * n);
                        }
                        formula.with(name, values, in, out);
                        n++;
                    }

                    void vector(String name, int size, double base, double scale) {
                        double[] values = new double[size];
                        for (int k = 0; k < size; k++) {
                            values[k] = base + scale * Math.cos(0.9 * k + 0.4 * n);
                        }
                        formula.with(name, values, size);
                        n++;
                    }

                    void norm(String name, int size) {
                        vector(name + ".gain", size, 1, 0.1);
                        vector(name + ".shift", size, 0, 0.5);
                    }
                };
        fill.linear("embed", 0, 4, 5);
        fill.linear("recurrentInput", 0, 4, 4);
        fill.weight("cell.weight", 7, 9);
        fill.norm("cell", 9);
        fill.linear("prior", 0, 3, 6);
        fill.linear("prior", 1, 6, 4);
        fill.norm("prior", 4);
        fill.linear("posterior", 0, 8, 6);
        fill.linear("posterior", 1, 6, 4);
        fill.norm("posterior", 4);
        fill.linear("decoder", 0, 5, 5);
        fill.linear("decoder", 1, 5, 4);
        fill.linear("reward", 0, 5, 4);
        fill.linear("reward", 1, 4, 1);
        fill.linear("inverse", 0, 10, 4);
        fill.linear("inverse", 1, 4, 2);
        return formula.with("theta", new double[] {1}, 1)
                .with("features", features(), STEPS * SEQUENCES, FEATURES)
                .with("actions", wave(STEPS * SEQUENCES * ACTIONS, 1.1), STEPS * SEQUENCES, ACTIONS)
                .with("rewards", rewards(), STEPS * SEQUENCES);
    }

    /** Layer norm over 4 of sin(0.7 i). */
    private static double[] features() {
        double[] features = new double[STEPS * SEQUENCES * FEATURES];
        for (int row = 0; row < features.length; row += FEATURES) {
            double mean = 0;
            for (int i = row; i < row + FEATURES; i++) {
                mean += Math.sin(0.7 * i) / FEATURES;
            }
            double variance = 0;
            for (int i = row; i < row + FEATURES; i++) {
                variance += Math.pow(Math.sin(0.7 * i) - mean, 2) / FEATURES;
            }
            for (int i = row; i < row + FEATURES; i++) {
                features[i] = (Math.sin(0.7 * i) - mean) / Math.sqrt(variance + 1e-5);
            }
        }
        return features;
    }

    private static double[] wave(int count, double step) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = Math.cos(step * i);
        }
        return values;
    }

    private static double[] rewards() {
        double[] rewards = new double[STEPS * SEQUENCES];
        for (int i = 0; i < rewards.length; i++) {
            rewards[i] = 0.5 + 0.5 * Math.sin(0.3 * i);
        }
        return rewards;
    }

    /** 32 bits carry seven digits; four steps of layer norms and exponents leave about six. */
    @Test
    void lossesOfTheTinyModel() {
        Formula tiny = tiny();
        assertThat(tiny.scalar(engine(), WorldModel.REWARD)).isCloseTo(.076276797758, within(1e-6));
        assertThat(tiny.scalar(engine(), WorldModel.INVERSE))
                .isCloseTo(.759315661482, within(1e-6));
        assertThat(tiny.scalar(engine(), WorldModel.DIVERGENCE))
                .isCloseTo(6.021841480056, within(2e-5));
        assertThat(tiny.scalar(engine(), WorldModel.CONTRAST))
                .isCloseTo(3.617330427810, within(1e-5));
        // 3.617330 + .076277 + .759316 + .01 * 6.021841
        assertThat(tiny.scalar(engine(), Program.LOSS)).isCloseTo(4.513141301850, within(1e-5));
    }

    @Test
    void beliefsOfTheTinyModelAtItsLastStep() {
        Formula tiny = tiny();
        last(tiny.get(engine(), "posterior"), 1.3953926689, .6935842708, 1.1923637889, .8005902114);
        last(
                tiny.get(engine(), "hidden"),
                .1064172983,
                .0799089309,
                .0847300083,
                .0778662937,
                .0784809865,
                .0968053151);
        last(tiny.get(engine(), "prior"), -.5304860867, 1.5930308027, -.5543558218, 1.5883203403);
        float[] rewards = tiny.get(engine(), "rewards");
        assertThat((double) rewards[0]).isCloseTo(.4113146565, within(1e-6));
        assertThat((double) rewards[1]).isCloseTo(.4478521243, within(1e-6));
    }

    private static void last(float[] actual, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[actual.length - expected.length + i])
                    .as("element %d of the last step", i)
                    .isCloseTo(expected[i], within(2e-6));
        }
    }

    @Test
    void gradientsOfTheTinyModel() {
        Map<String, float[]> gradient = tiny().gradient(engine());
        assertThat((double) gradient.get("theta")[0]).isCloseTo(1.286995977353, within(1e-5));
        assertThat(norm(List.of(gradient.get("features")))).isCloseTo(.782498400287, within(1e-5));
        List<float[]> weights =
                gradient.keySet().stream()
                        .filter(name -> !List.of("features", "actions", "rewards").contains(name))
                        .map(gradient::get)
                        .toList();
        assertThat(norm(weights)).isCloseTo(6.795427836616, within(5e-5));
    }

    private static double norm(List<float[]> arrays) {
        double squares = 0;
        for (float[] array : arrays) {
            for (float value : array) {
                squares += (double) value * value;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        // Without the divergence: it holds one side fixed, which a difference cannot see. Losses
        // near 4 carry 4e-7, so differences over 0.01 carry 1e-4 of slopes near 1.
        tiny(new LossWeights(LossWeights.Contrast.ofSource(), 0, 1, 1, 0, 1))
                .checkGradient(engine(), 5e-3, 2e-3);
    }
}
