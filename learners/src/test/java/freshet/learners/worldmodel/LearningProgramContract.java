package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.WorldModelConfig.InverseInput;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which loss moves which part of the model, on one engine; each engine extends this. */
public abstract class LearningProgramContract {

    private static final int STEPS = 5;
    private static final int SEQUENCES = 4;

    /** Without a discount the target is the reward, which no weight can move. */
    private static final WorldModelLearningConfig.Control CONTROL =
            new WorldModelLearningConfig.Control(0, 0.05, -2.3, -1, 2);

    /** Without the divergence, which holds one side fixed where a difference cannot. */
    private static final LossWeights WEIGHTS =
            new LossWeights(LossWeights.Contrast.ofSource(), 0.5, 1, 1, 0, 1);

    protected abstract TensorEngine engine();

    private Session open(ModelLayout layout) {
        float[] initial = layout.initialValues(new CounterRandom(1, 0, 0), 1);
        var random = new CounterRandom(2, 0, 0);
        for (int i = 0; i < initial.length; i++) { // away from what starts as 0 or alike
            initial[i] += (float) (0.1 * random.nextGaussian());
        }
        return engine().open(
                        layout.layout(), initial, new LearningProgram(layout, WEIGHTS, CONTROL));
    }

    private static Inputs inputs() {
        return control(world(base()));
    }

    private static Inputs base() {
        int rows = STEPS * SEQUENCES;
        return new Inputs()
                .put("pictures", pictures(3), rows, 1, 9, 9)
                .put("secondView", pictures(4), rows, 1, 9, 9)
                .put("felt", normal(5, rows * 2), rows, 2)
                .put("actions", tanh(normal(6, rows)), STEPS, SEQUENCES, 1)
                .put("rewards", normal(7, rows), rows)
                .put("noise", normal(8, rows * 4), rows, 4);
    }

    private static Inputs world(Inputs inputs) {
        int rows = (STEPS - 1) * SEQUENCES;
        return inputs.put("priorNoise", normal(9, rows * 4), rows, 4);
    }

    private static Inputs control(Inputs inputs) {
        int rows = (STEPS - 1) * SEQUENCES;
        return inputs.put("nextNoise", normal(10, rows), rows, 1)
                .put("actorNoise", normal(11, rows / 2), rows / 2, 1) // at every other step
                .put("temperature", new float[] {0.3f}, 1);
    }

    private static float[] pictures(long seed) {
        float[] pictures = normal(seed, STEPS * SEQUENCES * 81);
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = 128 + 60 * (float) Math.tanh(pictures[i]);
        }
        return pictures;
    }

    private static float[] normal(long seed, int count) {
        var random = new CounterRandom(seed, 0, 0);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] tanh(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.tanh(values[i]);
        }
        return values;
    }

    static List<WorldModelConfig> models() {
        return List.of(
                Beads.MODEL,
                Beads.model(false, InverseInput.STATES, 0),
                Beads.model(true, InverseInput.LATENTS, 3));
    }

    @ParameterizedTest
    @MethodSource("models")
    void worldModelAndCriticsFollowTheirLosses(WorldModelConfig model) {
        var layout = new ModelLayout(model);
        int from = layout.world().from();
        checkGradient(layout, from, layout.critic().to(), "worldLoss", "criticLoss");
    }

    @ParameterizedTest
    @MethodSource("models")
    void theActorFollowsItsLoss(WorldModelConfig model) {
        var layout = new ModelLayout(model);
        checkGradient(layout, layout.actor().from(), layout.actor().to(), "actorLoss");
    }

    /** The gradient over [from, to) is that of differences of the named losses alone. */
    private void checkGradient(ModelLayout layout, int from, int to, String... losses) {
        try (Session session = open(layout)) {
            session.differentiate(inputs(), Set.of());
            float[] gradient = session.gradient();
            float[] start = session.parameters();
            var random = new CounterRandom(17, 0, 0);
            double errors = 0;
            double squares = 0;
            for (int direction = 0; direction < 30; direction++) {
                double[] along = new double[start.length];
                double expected = 0;
                for (int i = from; i < to; i++) {
                    along[i] = random.nextGaussian() / Math.sqrt(to - from);
                    expected += along[i] * gradient[i];
                }
                double difference =
                        (losses(session, start, along, 2e-3, losses)
                                        - losses(session, start, along, -2e-3, losses))
                                / 4e-3;
                errors += (difference - expected) * (difference - expected);
                squares += expected * expected;
            }
            // Losses near 10 carry 1e-6, so a difference carries 3e-4 of slopes near 0.3; some
            // ReLUs pass their kink within a step.
            assertThat(squares).isPositive();
            assertThat(Math.sqrt(errors / squares)).isLessThan(0.02);
        }
    }

    private static double losses(
            Session session, float[] start, double[] along, double step, String... names) {
        float[] values = start.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (step * along[i]);
        }
        session.setParameters(values);
        var outputs = session.run(inputs(), Set.of(names));
        return Arrays.stream(names).mapToDouble(outputs::scalar).sum();
    }

    /** In one pass or apart, each loss gives the same gradient to what it is to move. */
    @Test
    void theSumOfTheLossesHasTheSumOfTheirGradients() {
        var layout = new ModelLayout(Beads.MODEL);
        try (Session session = open(layout)) {
            session.differentiate(inputs(), Set.of());
            float[] both = session.gradient();
            session.differentiate(world(base()), Set.of());
            float[] ofWorld = session.gradient();
            session.differentiate(control(base()), Set.of());
            float[] ofControl = session.gradient();
            for (int i = 0; i < both.length; i++) {
                // Sums in another order: to seven digits of the largest part.
                double size = Math.abs(ofWorld[i]) + Math.abs(ofControl[i]);
                assertThat((double) both[i])
                        .isCloseTo((double) ofWorld[i] + ofControl[i], within(1e-5 + 1e-4 * size));
            }
            assertThat(part(ofWorld, layout.critic())).containsOnly(0);
            assertThat(part(ofWorld, layout.actor())).containsOnly(0);
            assertThat(part(both, layout.target())).containsOnly(0);
            assertThat(part(ofControl, layout.theta())).containsOnly(0);
        }
    }

    private static float[] part(float[] all, ModelLayout.Stretch stretch) {
        return Arrays.copyOfRange(all, stretch.from(), stretch.to());
    }

    @Test
    void theLossIsTheSumOfItsParts() {
        try (Session session = open(new ModelLayout(Beads.MODEL))) {
            var outputs =
                    session.run(
                            inputs(), Set.of(Program.LOSS, "worldLoss", "criticLoss", "actorLoss"));
            assertThat(outputs.scalar(Program.LOSS))
                    .isCloseTo(
                            outputs.scalar("worldLoss")
                                    + outputs.scalar("criticLoss")
                                    + outputs.scalar("actorLoss"),
                            within(1e-5));
        }
    }
}
