package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.worldmodel.WorldModelLearningConfig.Control;
import freshet.learners.worldmodel.WorldModelLearningConfig.Sampling;
import freshet.learners.worldmodel.WorldModelLearningConfig.View;
import freshet.learners.worldmodel.WorldModelLearningConfig.Windows;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Recipes of the source and of the small configuration, and what a wrong one is told. */
class WorldModelLearningConfigTest {

    @Test
    void theReferenceIsTheRecipeOfTheSource() {
        WorldModelLearningConfig reference = WorldModelLearningConfig.reference(42);
        assertThat(reference.experience()).isEqualTo(new Sampling(32, 32, 1, 1 << 30, 1000));
        assertThat(reference.rates().world()).isEqualTo(3e-4);
        assertThat(reference.rates().theta()).isEqualTo(2e-3);
        assertThat(reference.rates().separateMoments()).isTrue();
        assertThat(reference.control().discount()).isEqualTo(0.99);
        assertThat(reference.control().targetShare()).isEqualTo(0.005);
        LossWeights weights = reference.weights();
        assertThat(weights.divergence()).isEqualTo(0.01);
        assertThat(weights.freeNats()).isEqualTo(1);
        assertThat(weights.contrast()).isEqualTo(LossWeights.Contrast.ofSource());
        assertThat(weights.contrast().centred()).isFalse();
        assertThat(weights.contrast().initialTheta()).isEqualTo(1);
        assertThat(WorldModelConfig.reference(1).encoder().initialKernels())
                .isEqualTo(WorldModelConfig.InitialKernels.CENTRES);
    }

    @Test
    void aWrongOptionIsNamed() {
        refused(() -> new Sampling(6, 4, 4, 1 << 20, 0), "sampling.perEpisode is 4, must divide");
        refused(() -> new Sampling(0, 4, 1, 1 << 20, 0), "sampling.sequences is 0.0");
        refused(() -> new Sampling(4, 1, 1, 1 << 20, 0), "sampling.steps is 1.0");
        refused(() -> new Sampling(4, 4, 1, 1L << 31, 0), "sampling.bytes");
        refused(
                () -> new Windows(4, 5, 1 << 20, 0),
                "windows.stride is 5.0, must be in [1.0, 4.0]");
        refused(() -> new View(0, 0, 1, false), "view.channelGain is 1.0");
        refused(() -> new Control(1, 0.1, 0, 0, 1), "control.discount is 1.0");
        refused(
                () -> new LossWeights(LossWeights.Contrast.ofSource(), 0, -1, 0, 0, 0),
                "a weight of the losses is -1.0");
        refused(
                () -> new LossWeights.Contrast(1, LossWeights.Negatives.ALL, true, 11),
                "initialTheta of the contrast is 11.0, must be in [-10, 10]");
        refused(() -> new Frame(0, 3, 1), "a frame is 0 x 3");
    }

    /** 24 x 24 x 3 bytes, an action and a reward: 1736 of a step, 32 of them in a segment. */
    @Test
    void recentExperienceIsBoundedInSteps() {
        WorldModelLearningConfig small = WorldModelLearningConfig.small(1);
        WorldModelConfig model = WorldModelConfig.small(24, 1);
        assertThat(small.recent(model, new Frame(24, 24, 3), 2000))
                .isEqualTo(new Sampling(16, 12, 1, 63 * 32 * 1736, 1000));
        assertThat(small.recent(model, new Frame(24, 24, 3), 10_000_000))
                .isEqualTo(small.experience());
        assertThat(small.streamed(12, 3)).isEqualTo(new Windows(12, 3, 256 << 20, 0));
    }

    @Test
    void aSameFrameContrastNeedsASecondView() {
        WorldModelLearningConfig small = WorldModelLearningConfig.small(1);
        refused(
                () ->
                        new WorldModelLearningConfig(
                                new LossWeights(LossWeights.Contrast.ofSource(), 1, 1, 1, 0.01, 1),
                                small.experience(),
                                small.view(),
                                small.rates(),
                                small.control(),
                                1,
                                1),
                "view.secondView is off");
    }

    private static void refused(ThrowingCallable made, String reason) {
        assertThatThrownBy(made)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
