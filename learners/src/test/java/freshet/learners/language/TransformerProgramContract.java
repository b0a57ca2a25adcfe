package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Forward, loss and gradient on one engine; each engine extends this. */
public abstract class TransformerProgramContract {

    private static final Set<String> LOSS = Set.of(Program.LOSS, TransformerProgram.POSITION_LOSS);

    protected abstract TensorEngine engine();

    /** Weights without the zeros of a new model, which would hide whole paths. */
    private static float[] weights(LanguageModelConfig config) {
        var random = new CounterRandom(7, 0, 0);
        float[] weights = new float[config.layout().build().size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.4 * random.nextGaussian());
        }
        return weights;
    }

    private Session session(LanguageModelConfig config, float[] weights) {
        return engine().open(
                        config.layout().build(), weights, new TransformerProgram(config, 0.05));
    }

    private static Inputs twoWindows(LanguageModelConfig config) {
        var windows = new Windows(config, 2);
        windows.put(0, LanguageFixtures.tokens(1, 8), false);
        windows.put(1, LanguageFixtures.tokens(2, 5), true);
        return windows.forLoss();
    }

    @Test
    void gradientAgreesWithFiniteDifferences() {
        for (LanguageModelConfig config :
                new LanguageModelConfig[] {LanguageFixtures.TINY, LanguageFixtures.PLAIN}) {
            float[] weights = weights(config);
            try (Session session = session(config, weights)) {
                session.differentiate(twoWindows(config), LOSS);
                float[] gradient = session.gradient();
                var random = new CounterRandom(8, 0, 0);
                for (Layout.Entry entry : session.layout().entries()) {
                    float[] direction = new float[weights.length];
                    double slope = 0;
                    for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
                        direction[i] = (float) (random.nextGaussian() / Math.sqrt(entry.size()));
                        slope += (double) direction[i] * gradient[i];
                    }
                    // The loss of about 3 is good to 3e-7, so the difference over 2e-2 to 3e-5;
                    // the third derivative adds about 1e-4 relative.
                    double step = 1e-2;
                    double difference =
                            (lossAt(session, config, weights, direction, step)
                                            - lossAt(session, config, weights, direction, -step))
                                    / (2 * step);
                    assertThat(slope)
                            .as(entry.name())
                            .isCloseTo(difference, within(2e-4 + 1e-2 * Math.abs(difference)));
                }
            }
        }
    }

    @Test
    void gradientOfReparameterisedMatricesAgreesWithFiniteDifferences() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        Layout layout = Reparameterisation.layout(config).build();
        float[] weights = Arrays.copyOf(weights(config), layout.size());
        var reparameterisation = new Reparameterisation(config, layout);
        reparameterisation.switchOn(List.of(0, 1), weights, 1, false);
        for (Layout.Entry entry : layout.entries()) {
            if (entry.name().endsWith(".gamma")) {
                weights[entry.offset()] *= 1.3f; // apart from sigma
            }
        }
        Inputs inputs = twoWindows(config);
        reparameterisation.put(inputs);
        try (Session session =
                engine().open(layout, weights, new TransformerProgram(config, 0.05))) {
            session.differentiate(inputs, LOSS);
            float[] gradient = session.gradient();
            var random = new CounterRandom(8, 0, 0);
            for (Layout.Entry entry : layout.entries()) {
                float[] direction = new float[weights.length];
                double slope = 0;
                for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
                    direction[i] = (float) (random.nextGaussian() / Math.sqrt(entry.size()));
                    slope += (double) direction[i] * gradient[i];
                }
                double step = 1e-2; // as above
                double[] losses = new double[2];
                for (int side = 0; side < 2; side++) {
                    float[] moved = weights.clone();
                    for (int i = 0; i < moved.length; i++) {
                        moved[i] += (float) ((side == 0 ? step : -step) * direction[i]);
                    }
                    session.setParameters(moved);
                    losses[side] = session.run(inputs, LOSS).scalar(Program.LOSS);
                }
                double difference = (losses[0] - losses[1]) / (2 * step);
                assertThat(slope)
                        .as(entry.name())
                        .isCloseTo(difference, within(2e-4 + 1e-2 * Math.abs(difference)));
                if (entry.name().endsWith(".gamma")) {
                    assertThat(slope).as(entry.name()).isNotZero();
                }
            }
        }
    }

    @Test
    void theGreatestLogitIsThatOfAllRowsThatWeigh() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        int[][] sequences = {LanguageFixtures.tokens(1, 8), LanguageFixtures.tokens(2, 5)};
        float[] expected = new float[config.heads()];
        try (Session session = session(config, weights(config))) {
            String attention = TransformerProgram.MAX_LOGIT + 1;
            for (int[] sequence : sequences) {
                var alone = new Windows(config, 1);
                alone.put(0, sequence, true);
                Inputs probed = alone.forLoss().put(TransformerProgram.PROBE, new float[] {1}, 1);
                float[] rows = session.run(probed, Set.of(attention)).get(attention); // [1, H, W]
                for (int head = 0; head < config.heads(); head++) {
                    for (int row = 0; row < sequence.length; row++) {
                        expected[head] = Math.max(expected[head], rows[head * 8 + row]);
                    }
                }
            }
            var together = new Windows(config, 2);
            together.put(0, sequences[1], true); // the longer one is not the first
            together.put(1, sequences[0], true);
            Inputs clipped = together.forLoss().put(TransformerProgram.CLIP, new float[] {1}, 1);
            String greatest = TransformerProgram.GREATEST_LOGIT + 1;
            float[] all = session.run(clipped, Set.of(greatest)).get(greatest);
            for (int head = 0; head < config.heads(); head++) {
                assertThat(all[head]).isCloseTo(expected[head], within(1e-5f));
            }
        }
    }

    @Test
    void logZIsTheLogOfTheSumOfTheOutputsExponentials() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        Layout layout = config.layout().build();
        float[] weights = new float[layout.size()];
        // All logits are the bias: (2, 1, 0.1) and ten that vanish.
        int bias = layout.entry("outputBias").offset();
        Arrays.fill(weights, bias, bias + 13, -100);
        weights[bias] = 2;
        weights[bias + 1] = 1;
        weights[bias + 2] = 0.1f;
        try (Session session = session(config, weights)) {
            Inputs inputs = twoWindows(config).put(TransformerProgram.PROBE, new float[] {1}, 1);
            var outputs =
                    session.run(
                            inputs,
                            Set.of(TransformerProgram.LOG_Z, TransformerProgram.OUTPUT_MAX_LOGIT));
            assertThat(outputs.get(TransformerProgram.LOG_Z)).hasSize(8);
            for (float logZ : outputs.get(TransformerProgram.LOG_Z)) {
                assertThat((double) logZ).isCloseTo(2.4170300163, within(1e-5));
            }
            assertThat(outputs.get(TransformerProgram.OUTPUT_MAX_LOGIT)).containsOnly(2f);
        }
    }

    private static double lossAt(
            Session session,
            LanguageModelConfig config,
            float[] weights,
            float[] direction,
            double step) {
        float[] moved = weights.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * direction[i]);
        }
        session.setParameters(moved);
        return session.run(twoWindows(config), LOSS).scalar(Program.LOSS);
    }

    @Test
    void withoutInformationEveryTokenCostsLnV() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        try (Session session = session(config, new float[config.layout().build().size()])) {
            float[] losses =
                    session.run(twoWindows(config), LOSS).get(TransformerProgram.POSITION_LOSS);
            for (float loss : losses) {
                assertThat(loss).isCloseTo((float) Math.log(13), within(1e-6f));
            }
        }
    }

    @Test
    void theBiasAloneGivesItsOwnDistribution() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        Layout layout = config.layout().build();
        float[] weights = new float[layout.size()];
        // Token 4 twice as likely as each of the other 12: 2 / 14.
        weights[layout.entry("outputBias").offset() + 4] = (float) Math.log(2);
        try (Session session = session(config, weights)) {
            var windows = new Windows(config, 1);
            windows.put(0, new int[] {4, 5}, true);
            float[] losses =
                    session.run(windows.forLoss(), LOSS).get(TransformerProgram.POSITION_LOSS);
            assertThat(losses[0]).isCloseTo((float) Math.log(14 / 2.0), within(1e-6f));
            assertThat(losses[1]).isCloseTo((float) Math.log(14), within(1e-6f));
        }
    }

    @Test
    void fillingWeighsNothing() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        try (Session session = session(config, weights(config))) {
            double loss = session.differentiate(twoWindows(config), LOSS).scalar(Program.LOSS);
            float[] gradient = session.gradient();
            Inputs filled = twoWindows(config);
            int[] tokens = filled.arrays().get(TransformerProgram.TOKENS).integers();
            int[] targets = filled.arrays().get(TransformerProgram.TARGETS).integers();
            // The second window holds the start and five tokens, the last only as a target.
            Arrays.fill(tokens, 8 + 5, 16, 3);
            Arrays.fill(targets, 8 + 5, 16, 9);
            assertThat(session.differentiate(filled, LOSS).scalar(Program.LOSS)).isEqualTo(loss);
            // Row 3 of the embedding is read by the filling, but learns nothing from there.
            float[] again = session.gradient();
            for (int i = 0; i < gradient.length; i++) {
                assertThat(again[i]).isCloseTo(gradient[i], within(1e-7f));
            }
        }
    }

    @Test
    void activationL2AddsTheKeysMeanSquare() {
        LanguageModelConfig config = LanguageFixtures.PLAIN;
        float[] weights = weights(config);
        var windows = new Windows(config, 1);
        windows.put(0, LanguageFixtures.tokens(1, 8), true);
        Inputs inputs = windows.forLoss();
        inputs.put(TransformerProgram.ROWS, new int[] {0, 1, 2, 3, 4, 5, 6, 7}, 8);
        var wanted = Set.of(Program.LOSS, TransformerProgram.KEYS);
        try (Session without =
                        engine().open(
                                        config.layout().build(),
                                        weights,
                                        new TransformerProgram(config, 0));
                Session with = session(config, weights)) {
            double squares = 0;
            for (float key : without.run(inputs, wanted).get(TransformerProgram.KEYS)) {
                squares += (double) key * key / (8 * 8);
            }
            double plain = without.run(inputs, wanted).scalar(Program.LOSS);
            assertThat(with.run(inputs, wanted).scalar(Program.LOSS))
                    .isCloseTo(plain + 0.05 * squares, within(1e-5));
        }
    }

    @Test
    void aWrongWindowIsRefusedByName() {
        LanguageModelConfig config = LanguageFixtures.TINY;
        try (Session session = session(config, weights(config))) {
            var inputs = new Inputs().put(TransformerProgram.TOKENS, new int[14], 2, 7);
            assertThatThrownBy(() -> session.run(inputs, Set.of()))
                    .hasMessageContaining("tokens has shape [2, 7], expected [-1, 8]");
        }
    }
}
