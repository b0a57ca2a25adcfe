package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Beliefs and actions on one engine; each engine extends this. */
public abstract class WorldModelActorContract {

    private static final int STEPS = 10;
    private static final long SEED = 5;

    protected abstract TensorEngine engine();

    private ModelArtifact trained() {
        try (var learner =
                new WorldModelLearner(engine(), Beads.MODEL, Beads.learning(1), Beads.FRAME)) {
            Beads.batches().forEach(learner::step);
            return learner.publish();
        }
    }

    private WorldModelActor actor(ModelArtifact artifact, int rows) {
        return new WorldModelActor(engine(), Beads.MODEL, Beads.FRAME, rows, SEED, artifact);
    }

    private static Glimpse glimpse(RobotStep step, Belief before) {
        return new Glimpse(
                step.robot(),
                step.episode(),
                step.sequence(),
                step.picture(),
                step.felt(),
                before,
                true);
    }

    /** The steps' own actions, whatever the policy says. */
    private static List<Decision> follow(WorldModelActor actor, List<RobotStep> steps) {
        var decisions = new ArrayList<Decision>();
        Belief belief = null;
        for (RobotStep step : steps) {
            Decision decision = actor.act(List.of(glimpse(step, belief))).get(0);
            belief = decision.belief().withAction(step.action());
            decisions.add(decision);
        }
        return decisions;
    }

    /** The unroll that learning uses, over the same pictures, actions and noise. */
    @Test
    void stepByStepIsTheUnrollOfABatch() {
        ModelArtifact artifact = trained();
        List<List<RobotStep>> robots =
                List.of(Beads.episode("a", 7, 0, STEPS), Beads.episode("b", 9, 0, STEPS));
        Outputs unrolled = unroll(artifact, robots);
        try (var actor = actor(artifact, 3)) {
            for (int robot = 0; robot < robots.size(); robot++) {
                List<Decision> decisions = follow(actor, robots.get(robot));
                for (int step = 0; step < STEPS; step++) {
                    Belief belief = decisions.get(step).belief();
                    int row = step * robots.size() + robot;
                    close(belief.latent(), unrolled.get("latent"), row);
                    close(belief.hidden(), unrolled.get("hidden"), row);
                }
            }
        }
    }

    private static void close(float[] actual, float[] rows, int row) {
        for (int i = 0; i < actual.length; i++) {
            double expected = rows[row * actual.length + i];
            assertThat((double) actual[i])
                    .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
        }
    }

    private Outputs unroll(ModelArtifact artifact, List<List<RobotStep>> robots) {
        var layout = new ModelLayout(Beads.MODEL);
        int rows = STEPS * robots.size();
        int latents = Beads.MODEL.latent().size();
        float[] pictures = new float[rows * 81];
        float[] felt = new float[rows * Beads.FELT];
        float[] actions = new float[rows];
        float[] noise = new float[rows * latents];
        for (int row = 0; row < rows; row++) {
            RobotStep step = robots.get(row % robots.size()).get(row / robots.size());
            for (int i = 0; i < 81; i++) {
                pictures[row * 81 + i] = step.picture()[i] & 0xff;
            }
            System.arraycopy(step.felt(), 0, felt, row * Beads.FELT, Beads.FELT);
            actions[row] = step.action()[0];
            long ofRobot = new CounterRandom(SEED, step.robot().hashCode(), 0).nextLong();
            // Two draws for each of four latents and one action.
            var random = new CounterRandom(ofRobot, step.episode(), step.sequence() * 10);
            for (int i = 0; i < latents; i++) {
                noise[row * latents + i] = (float) random.nextGaussian();
            }
        }
        float[] weights =
                artifact.weights(
                        "world-model", 2, Beads.MODEL.fingerprint(), layout.servedLayout().size());
        try (Session session =
                engine().open(
                                layout.servedLayout(),
                                weights,
                                new UnrollProgram(layout, robots.size()))) {
            return session.run(
                    new Inputs()
                            .put("pictures", pictures, rows, 1, 9, 9)
                            .put("felt", felt, rows, Beads.FELT)
                            .put("actions", actions, rows, 1)
                            .put("noise", noise, rows, latents),
                    Set.of("latent", "hidden"));
        }
    }

    private record UnrollProgram(ModelLayout layout, int sequences) implements Program {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T features =
                    layout.model()
                            .encoder()
                            .encode(ops, parameters, inputs.get("pictures"), inputs.get("felt"));
            LatentState.Unrolled<T> unrolled =
                    layout.model()
                            .latentState()
                            .unroll(
                                    ops,
                                    parameters,
                                    features,
                                    inputs.get("actions"),
                                    inputs.get("noise"),
                                    sequences);
            return Map.of("latent", unrolled.latent(), "hidden", unrolled.hidden());
        }
    }

    /** Bit for bit, whoever else is in the pass and in whatever place. */
    @Test
    void whoElseIsThereChangesNothing() {
        ModelArtifact artifact = trained();
        List<RobotStep> mine = Beads.episode("mine", 1, 0, STEPS);
        try (var actor = actor(artifact, 40)) {
            List<Decision> alone = follow(actor, mine);
            Belief belief = null;
            for (int step = 0; step < STEPS; step++) {
                var glimpses = new ArrayList<Glimpse>();
                for (int other = 0; other < 10 * step; other++) { // 8 to 40 rows, then passes
                    RobotStep one = Beads.episode("other" + other, 2, step, 1).get(0);
                    glimpses.add(glimpse(one, null));
                }
                int place = 10 * step / 2;
                glimpses.add(place, glimpse(mine.get(step), belief));
                Decision decision = actor.act(glimpses).get(place);
                assertThat(decision.belief().latent()).isEqualTo(alone.get(step).belief().latent());
                assertThat(decision.belief().hidden()).isEqualTo(alone.get(step).belief().hidden());
                assertThat(decision.action()).isEqualTo(alone.get(step).action());
                assertThat(decision.surpriseNats()).isEqualTo(alone.get(step).surpriseNats());
                belief = decision.belief().withAction(mine.get(step).action());
            }
        }
    }

    /** Where engines have other kernels for more rows. */
    @Test
    void howManyShareAPassChangesNothing() {
        var frame = new Frame(32, 32, 3);
        var random = new CounterRandom(SEED, 0, 0);
        var glimpses = new ArrayList<Glimpse>();
        for (int robot = 0; robot < WorldModelActor.MAX_ROWS; robot++) {
            byte[] picture = new byte[frame.size()];
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (byte) random.nextLong(256);
            }
            glimpses.add(new Glimpse("robot-" + robot, 0, 0, picture, new float[0], null, true));
        }
        var small = WorldModelConfig.small(32, 1);
        try (var learner =
                        new WorldModelLearner(
                                engine(), small, WorldModelLearningConfig.small(1), frame);
                var actor =
                        new WorldModelActor(
                                engine(),
                                small,
                                frame,
                                WorldModelActor.MAX_ROWS,
                                SEED,
                                learner.publish())) {
            var alone = new ArrayList<Decision>();
            glimpses.forEach(one -> alone.addAll(actor.act(List.of(one))));
            for (int size : new int[] {9, 32, 33, 64}) {
                List<Decision> together = actor.act(glimpses.subList(0, size));
                for (int robot = 0; robot < size; robot++) {
                    Decision one = together.get(robot);
                    Decision expected = alone.get(robot);
                    assertThat(one.action()).isEqualTo(expected.action());
                    assertThat(one.belief().latent()).isEqualTo(expected.belief().latent());
                    assertThat(one.belief().hidden()).isEqualTo(expected.belief().hidden());
                }
            }
        }
    }

    @Test
    void robotEpisodeAndStepDecideTheNoise() {
        ModelArtifact artifact = trained();
        RobotStep step = Beads.episode("a", 0, 0, 1).get(0);
        try (var actor = actor(artifact, 4)) {
            var glimpses = new ArrayList<Glimpse>();
            glimpses.add(glimpse(step, null));
            glimpses.add(new Glimpse("b", 0, 0, step.picture(), step.felt(), null, true));
            glimpses.add(new Glimpse("a", 1, 0, step.picture(), step.felt(), null, true));
            glimpses.add(new Glimpse("a", 0, 1, step.picture(), step.felt(), null, true));
            List<Decision> decisions = actor.act(glimpses);
            assertThat(decisions.stream().map(one -> one.belief().latent()[0]))
                    .doesNotHaveDuplicates();
            assertThat(decisions.stream().map(one -> one.action()[0])).doesNotHaveDuplicates();
            assertThat(actor.act(glimpses).get(2).action()).isEqualTo(decisions.get(2).action());
        }
    }

    /** A look at the same picture: the means are equal, whatever the noise of the action. */
    @Test
    void withoutExplorationTheActionIsThePolicysMean() {
        ModelArtifact artifact = trained();
        RobotStep step = Beads.episode("a", 0, 0, 1).get(0);
        try (var actor = actor(artifact, 2)) {
            Glimpse drawnOne = glimpse(step, null);
            Glimpse meanOne = new Glimpse("a", 0, 0, step.picture(), step.felt(), null, false);
            Glimpse drawnOther = new Glimpse("b", 3, 0, step.picture(), step.felt(), null, true);
            Glimpse meanOther = new Glimpse("b", 3, 0, step.picture(), step.felt(), null, false);
            List<Decision> means = actor.act(List.of(meanOne, meanOther));
            assertThat(means.get(0).action()).isEqualTo(means.get(1).action());
            List<Decision> drawn = actor.act(List.of(drawnOne, drawnOther));
            assertThat(drawn.get(0).action()).isNotEqualTo(drawn.get(1).action());
            assertThat(drawn.get(0).belief().latent()).isEqualTo(means.get(0).belief().latent());
            // Both kinds in one pass.
            List<Decision> mixed = actor.act(List.of(meanOne, drawnOther));
            assertThat(mixed.get(0).action()).isEqualTo(means.get(0).action());
            assertThat(mixed.get(1).action()).isEqualTo(drawn.get(1).action());
        }
    }

    /** Without a look there is nothing to be surprised at; with one, the beliefs differ. */
    @Test
    void aMissingFrameIsBridgedByWhatIsExpected() {
        ModelArtifact artifact = trained();
        List<RobotStep> steps = Beads.episode("a", 0, 0, 2);
        try (var actor = actor(artifact, 2)) {
            Belief before = actor.act(List.of(glimpse(steps.get(0), null))).get(0).belief();
            Glimpse blind = new Glimpse("a", 0, 1, null, null, before, true);
            Decision bridged = actor.act(List.of(blind)).get(0);
            Decision seen = actor.act(List.of(glimpse(steps.get(1), before))).get(0);
            assertThat(bridged.surpriseNats()).isZero();
            assertThat(seen.surpriseNats()).isPositive();
            // The recurrent state has read the action alone; the latent has not seen the picture.
            assertThat(bridged.belief().hidden()).isEqualTo(seen.belief().hidden());
            assertThat(bridged.belief().latent()).isNotEqualTo(seen.belief().latent());
            // Both in one call, each with its own kind.
            List<Decision> both = actor.act(List.of(blind, glimpse(steps.get(1), before)));
            assertThat(both.get(0).action()).isEqualTo(bridged.action());
            assertThat(both.get(1).action()).isEqualTo(seen.action());
        }
    }

    @Test
    void aGlimpseThatDoesNotFitIsNamed() {
        RobotStep step = Beads.episode("a", 0, 0, 1).get(0);
        try (var actor = actor(trained(), 1)) {
            assertThatThrownBy(
                            () ->
                                    actor.act(
                                            List.of(
                                                    new Glimpse(
                                                            "a",
                                                            4,
                                                            2,
                                                            new byte[3],
                                                            step.felt(),
                                                            null,
                                                            true))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("robot a, episode 4, step 2")
                    .hasMessageContaining("3 bytes");
            assertThatThrownBy(() -> new Glimpse("a", 4, 2, null, null, null, true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("neither");
        }
    }

    @Test
    void anArtifactOfOtherSizesIsRefused() {
        ModelArtifact artifact = trained();
        assertThatThrownBy(
                        () ->
                                new WorldModelActor(
                                        engine(),
                                        WorldModelConfig.small(24, 1),
                                        new Frame(24, 24, 3),
                                        1,
                                        1,
                                        artifact))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("picture=3x24x24");
    }

    @Test
    void randomActionsAreUniformAndTheirOwn() {
        double sum = 0;
        double squares = 0;
        int count = 4000;
        for (int step = 0; step < count / 2; step++) {
            for (float value : WorldModelActor.randomAction(1, "a", 0, step, 2)) {
                assertThat(value).isBetween(-1f, 1f);
                sum += value;
                squares += value * value;
            }
        }
        // Mean 0 and mean square 1/3, to four standard errors of 4000 draws.
        assertThat(sum / count).isCloseTo(0, within(4 * Math.sqrt(1 / 3.0 / count)));
        assertThat(squares / count).isCloseTo(1 / 3.0, within(4 * 0.3 / Math.sqrt(count)));
        assertThat(WorldModelActor.randomAction(1, "a", 0, 3, 2))
                .isEqualTo(WorldModelActor.randomAction(1, "a", 0, 3, 2))
                .isNotEqualTo(WorldModelActor.randomAction(1, "b", 0, 3, 2));
    }
}
