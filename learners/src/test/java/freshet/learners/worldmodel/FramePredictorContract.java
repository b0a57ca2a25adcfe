package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What is expected of the tiny world, on one engine; each engine extends this. */
public abstract class FramePredictorContract {

    private static final int STEPS = 12;

    /** Another number of rows is multiplied another way: 32-bit rounding, values of about 1. */
    private static final Offset<Float> ROUNDING = within(1e-5f);

    /** Wider than the beads' own, so that it learns in few updates. */
    private static final WorldModelConfig MODEL =
            new WorldModelConfig(
                    new WorldModelConfig.Encoder(
                            1,
                            9,
                            9,
                            List.of(8, 8),
                            List.of(2, 1),
                            WorldModelConfig.InitialKernels.CENTRES,
                            16,
                            Beads.FELT,
                            List.of(8)),
                    new WorldModelConfig.Latent(
                            List.of(32), List.of(32), 32, 8, List.of(32), List.of(32), true),
                    new WorldModelConfig.Heads(
                            List.of(32),
                            List.of(8),
                            0,
                            List.of(8),
                            WorldModelConfig.InverseInput.STATES),
                    new WorldModelConfig.Behaviour(1, List.of(8), List.of(8)));

    private static final WorldModelLearningConfig LEARNING =
            new WorldModelLearningConfig(
                    LossWeights.reference(),
                    new WorldModelLearningConfig.Sampling(8, 6, 8, 1 << 20, 0),
                    new WorldModelLearningConfig.View(0, 0, 0, false),
                    new WorldModelLearningConfig.Rates(
                            3e-3, 3e-3, 10, 3e-3, 100, 3e-3, 10, 1e-3, false),
                    new WorldModelLearningConfig.Control(0.9, 0.02, -2.3, -1, 1),
                    1,
                    0);

    protected abstract TensorEngine engine();

    /**
     * @param episodes learned, one update each; 0: as it starts
     */
    private ModelArtifact learned(int episodes) {
        return learned(episodes, LEARNING.weights().contrast());
    }

    private ModelArtifact learned(int episodes, LossWeights.Contrast contrast) {
        WorldModelLearningConfig learning = LEARNING.with(LEARNING.weights().with(contrast));
        try (var learner = new WorldModelLearner(engine(), MODEL, learning, Beads.FRAME)) {
            for (int episode = 0; episode < episodes; episode++) {
                learner.step(new ExperienceBatch(Beads.episode("a", episode, 0, STEPS)));
            }
            return learner.publish();
        }
    }

    private FramePredictor predictor(ModelArtifact artifact) {
        return new FramePredictor(engine(), MODEL, Beads.FRAME, artifact);
    }

    /** Of 60 frames of other episodes; chance is 30, and neighbours on the line are alike. */
    @Test
    void aModelThatHasLearnedExpectsTheFrameThatComes() {
        // Measured 2.7 and, centred, 4.3; after 100 updates 10.2 and 7.0.
        assertThat(fitBetter(learned(0))).as("untrained").isGreaterThan(20);
        assertThat(fitBetter(learned(200))).as("trained").isLessThan(8);
        assertThat(fitBetter(learned(200, LossWeights.Contrast.aroundMean())))
                .as("trained with a centred contrast")
                .isLessThan(8);
    }

    /** How many candidates match better than the frame that came, on average. */
    private double fitBetter(ModelArtifact artifact) {
        var others = new ArrayList<RobotStep>();
        for (int episode = 0; episode < 5; episode++) {
            others.addAll(Beads.episode("c", 500 + episode, 0, STEPS));
        }
        int better = 0;
        int all = 0;
        try (var predictor = predictor(artifact)) {
            var candidates = new FramePredictor.Candidates(predictor.features(others));
            for (int episode = 0; episode < 10; episode++) {
                List<RobotStep> steps = Beads.episode("b", 1000 + episode, 0, STEPS);
                float[][] expected = predictor.expected(steps);
                float[][] came = predictor.features(steps);
                assertThat(expected).hasNumberOfRows(STEPS - 1);
                for (int step = 1; step < STEPS; step++) {
                    better += candidates.better(expected[step - 1], came[step]);
                    all++;
                }
            }
        }
        return (double) better / all;
    }

    @Test
    void aFrameIsExpectedFromWhatCameBeforeItAlone() {
        List<RobotStep> steps = Beads.episode("a", 3, 0, STEPS);
        int changed = 6;
        RobotStep was = steps.get(changed);
        var otherwise = new ArrayList<>(steps);
        otherwise.set(
                changed,
                new RobotStep(
                        "a",
                        3,
                        changed,
                        Beads.picture(8 * (1 - was.felt()[0])),
                        new float[] {1 - was.felt()[0], 0},
                        was.action(),
                        0));
        try (var predictor = predictor(learned(20))) {
            float[][] expected = predictor.expected(steps);
            float[][] without = predictor.expected(otherwise);
            for (int step = 1; step <= changed; step++) {
                assertThat(without[step - 1]).isEqualTo(expected[step - 1]);
            }
            assertThat(without[changed]).isNotEqualTo(expected[changed]);
            // The action of a step counts from the next frame on.
            otherwise.set(
                    changed,
                    new RobotStep("a", 3, changed, was.picture(), was.felt(), new float[] {-1}, 0));
            assertThat(predictor.expected(otherwise)[changed - 1]).isEqualTo(expected[changed - 1]);
            assertThat(predictor.expected(otherwise)[changed]).isNotEqualTo(expected[changed]);
        }
    }

    @Test
    void stepByStepIsTheWholeEpisode() {
        List<RobotStep> steps = Beads.episode("a", 4, 0, STEPS);
        try (var predictor = predictor(learned(20))) {
            float[][] whole = predictor.expected(steps);
            float[][] features = predictor.features(steps);
            for (int step = 1; step < STEPS; step++) {
                float[][] soFar = predictor.expected(steps.subList(0, step + 1));
                assertThat(soFar[step - 1]).containsExactly(whole[step - 1], ROUNDING);
                assertThat(predictor.features(steps.subList(step, step + 1))[0])
                        .containsExactly(features[step], ROUNDING);
            }
        }
    }

    @Test
    void theBestMatchIsTheFirstOfEquals() {
        // Their mean is (1.25, 1.5); apart from it: (-.25, -1.5), (.75, -.5) twice, (-1.25, 2.5).
        float[][] features = {{1, 0}, {2, 1}, {2, 1}, {0, 4}};
        var candidates = new FramePredictor.Candidates(features);
        float[] expected = {3, 1}; // (1.75, -.5) from the mean: 0.21, 1.73 twice, less than 0
        assertThat(candidates.best(expected)).isEqualTo(1);
        assertThat(candidates.best(new float[] {0, 4})).isEqualTo(3);
        assertThat(candidates.better(expected, features[0])).isEqualTo(2);
        assertThat(candidates.better(expected, features[2])).isZero();
        assertThat(new FramePredictor.Candidates(new float[][] {{1, 1}, {1, 1}}).best(expected))
                .isZero();
    }

    @Test
    void anEpisodeWithAGapIsRefused() {
        var steps = new ArrayList<>(Beads.episode("a", 4, 0, STEPS));
        steps.remove(3);
        try (var predictor = predictor(learned(0))) {
            assertThatThrownBy(() -> predictor.expected(steps))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("step 3 of robot a, episode 4 is missing");
            assertThatThrownBy(() -> predictor.expected(steps.subList(0, 1)))
                    .hasMessageContaining("1 steps, must be at least 2");
        }
    }

    @Test
    void anArtifactOfTheFormatBeforeIsRefused() {
        ModelArtifact now = learned(0);
        var before =
                new ModelArtifact(
                        now.kind(), 1, now.configuration(), 0, now.metadata(), now.bytes());
        assertThatThrownBy(() -> predictor(before))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "world-model in format 1, this build serves world-model in format 2");
    }
}
