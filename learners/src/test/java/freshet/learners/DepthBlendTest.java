package freshet.learners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Weights;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DepthBlendTest {

    /** One number each: of no layer, of the output, of three layers. */
    private static final Layout LAYOUT =
            new Layout.Builder()
                    .add("embedding", random -> 0, 1)
                    .add("outputBias", random -> 0, 1)
                    .add("layer0.gain", random -> 0, 1)
                    .add("layer1.gain", random -> 0, 1)
                    .add("layer2.gain", random -> 0, 1)
                    .build();

    /** alpha 1/4, beta 1/2: lambda is 1/4, 1/2 and 3/4. */
    @Test
    void theShareOfTheOwnWeightsRisesFromLayerToLayer() {
        var blend = new DepthBlend(new DepthBlend.Config(0.25, 0.5), LAYOUT);
        assertThat(blend.of(new float[] {0, 0, 0, 0, 8}, new float[] {4, 4, 4, 4, 4}))
                .containsExactly(1, 3, 1, 2, 5);
    }

    @Test
    void withAlpha1AndBeta0ItIsTheIdentityBitForBit() {
        var blend = new DepthBlend(DepthBlend.Config.NONE, LAYOUT);
        var random = new CounterRandom(1, 0, 0);
        for (int i = 0; i < 1_000; i++) {
            float[] base = anyWeights(random);
            float[] own = anyWeights(random);
            own[0] = -0f;
            assertThat(Weights.toBytes(blend.of(base, own))).isEqualTo(Weights.toBytes(own));
        }
    }

    /** And so is the last layer wherever alpha + beta is 1; none leaves the range of the two. */
    @Test
    void aBlendLiesBetweenBothAndTheLastLayerIsTheLearners() {
        var blend = new DepthBlend(new DepthBlend.Config(0.3, 0.7), LAYOUT);
        var random = new CounterRandom(2, 0, 0);
        for (int i = 0; i < 1_000; i++) {
            float[] base = anyWeights(random);
            float[] own = anyWeights(random);
            float[] blended = blend.of(base, own);
            assertThat(blended[4]).isEqualTo(own[4]);
            for (int k = 0; k < blended.length; k++) {
                assertThat(blended[k])
                        .isBetween(Math.min(base[k], own[k]), Math.max(base[k], own[k]));
            }
        }
    }

    /** Any finite bits. */
    private static float[] anyWeights(CounterRandom random) {
        float[] weights = new float[LAYOUT.size()];
        for (int i = 0; i < weights.length; i++) {
            do {
                weights[i] = Float.intBitsToFloat((int) random.nextLong(1L << 32));
            } while (!Float.isFinite(weights[i]));
        }
        return weights;
    }

    @Test
    void aVersionSaysWhichBaseItWasBlendedWith() {
        var blend = new DepthBlend(new DepthBlend.Config(0, 0), LAYOUT);
        byte[] base = Weights.toBytes(new float[] {1, 2, 3, 4, 5});
        var own =
                new ModelArtifact("k", 1, "c", 7, Map.of("a", "b"), Weights.toBytes(new float[5]));
        ModelArtifact published = blend.of(base, own);
        assertThat(published.bytes()).isEqualTo(base);
        assertThat(published.step()).isEqualTo(7);
        assertThat(published.metadata())
                .isEqualTo(Map.of("a", "b", "blend.base", LearnerSnapshot.sha256(base)));
    }

    @Test
    void sharesOutOfRangeAndLayoutsWithoutLayersAreRefused() {
        assertThatThrownBy(() -> new DepthBlend.Config(0.5, 0.6))
                .hasMessageContaining("learning.blend-beta 0.6");
        assertThatThrownBy(() -> new DepthBlend.Config(1.5, -1))
                .hasMessageContaining("learning.blend-alpha is 1.5");
        var flat = new Layout.Builder().add("output", random -> 0, 1).build();
        assertThatThrownBy(() -> new DepthBlend(DepthBlend.Config.NONE, flat))
                .hasMessageContaining("no depth");
    }
}
