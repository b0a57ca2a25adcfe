package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes of the two configurations, and what a wrong one is told. */
class WorldModelConfigTest {

    private static final ModelLayout REFERENCE = new ModelLayout(WorldModelConfig.reference(6));

    private static int count(ModelLayout layout, String... prefixes) {
        return layout.layout().entries().stream()
                .filter(
                        entry ->
                                java.util.Arrays.stream(prefixes)
                                        .anyMatch(prefix -> entry.name().startsWith(prefix)))
                .mapToInt(Layout.Entry::size)
                .sum();
    }

    @Test
    void theReferenceHasThePartsOfTheSource() {
        // Convolutions 32 * 27 + 32 + 3 * (32 * 288 + 32) and 39200 * 50 + 50.
        assertThat(count(REFERENCE, "encoder.kernel", "encoder.bias")).isEqualTo(28_640);
        assertThat(count(REFERENCE, "encoder.linear")).isEqualTo(1_960_050);
        assertThat(count(REFERENCE, "embed.")).isEqualTo(78_848);
        assertThat(count(REFERENCE, "recurrentInput.")).isEqualTo(188_800);
        assertThat(count(REFERENCE, "cell.")).isEqualTo(361_200);
        assertThat(count(REFERENCE, "prior.")).isEqualTo(452_784);
        assertThat(count(REFERENCE, "posterior.")).isEqualTo(394_784);
        assertThat(count(REFERENCE, "decoder.")).isEqualTo(146_482);
        assertThat(count(REFERENCE, "reward.")).isEqualTo(50_561);
        assertThat(count(REFERENCE, "inverse.")).isEqualTo(84_998);
        assertThat(count(REFERENCE, "actor.")).isEqualTo(2_382_860);
        assertThat(count(REFERENCE, "critic.")).isEqualTo(4_755_458);
    }

    @Test
    void theWorldModelOfTheReferenceHas1758457WeightsBesideTheEncoder() {
        ModelLayout.Stretch world = REFERENCE.world();
        assertThat(world.size() - 1_988_690).isEqualTo(1_758_457);
        assertThat(REFERENCE.critic().size()).isEqualTo(4_755_458);
        assertThat(REFERENCE.target().size()).isEqualTo(4_755_458);
        assertThat(REFERENCE.theta().size()).isEqualTo(1);
    }

    /**
     * The prior is served too: it bridges gaps and measures surprise; and the decoder, which says
     * what is expected.
     */
    @Test
    void actingNeeds5395182WeightsBesidePriorAndDecoder() {
        assertThat(REFERENCE.served().size()).isEqualTo(5_395_182 + 452_784 + 146_482);
        assertThat(REFERENCE.served().from()).isZero();
        int besides = count(REFERENCE, "prior.", "decoder.");
        assertThat(
                        count(
                                REFERENCE,
                                "actor.",
                                "encoder.",
                                "embed.",
                                "recurrentInput.",
                                "cell.",
                                "posterior."))
                .isEqualTo(REFERENCE.served().size() - besides);
    }

    @Test
    void thePictureShrinksAsInTheSource() {
        var encoder = new ObservationEncoder(WorldModelConfig.reference(6).encoder());
        assertThat(encoder.heights()).containsExactly(84, 41, 39, 37, 35);
        // 41^2 * 32 * 27 + 39^2 * 9216 + 37^2 * 9216 + 35^2 * 9216 + 39200 * 50
        assertThat(encoder.multiplyAdds()).isEqualTo(39_376_224 + 1_960_000);
    }

    @Test
    void stretchesFollowEachOtherAndCoverAll() {
        for (WorldModelConfig config :
                List.of(WorldModelConfig.reference(6), WorldModelConfig.small(32, 1))) {
            var layout = new ModelLayout(config);
            assertThat(layout.actor().from()).isZero();
            assertThat(layout.world().from()).isEqualTo(layout.actor().to());
            assertThat(layout.theta().from()).isEqualTo(layout.world().to());
            assertThat(layout.critic().from()).isEqualTo(layout.theta().to());
            assertThat(layout.target().from()).isEqualTo(layout.critic().to());
            assertThat(layout.target().to()).isEqualTo(layout.layout().size());
        }
    }

    @Test
    void theTargetStartsAsTheCritic() {
        var layout = new ModelLayout(WorldModelConfig.small(24, 2));
        float[] values = layout.initialValues(new CounterRandom(1, 0, 0), -2.25);
        assertThat(values).hasSize(layout.layout().size());
        assertThat(values[layout.theta().from()]).isEqualTo(-2.25f);
        ModelLayout.Stretch critic = layout.critic();
        int away = layout.target().from() - critic.from();
        for (int i = critic.from(); i < critic.to(); i++) {
            assertThat(values[i + away]).isEqualTo(values[i]);
        }
    }

    @Test
    void everySizeIsInTheFingerprint() {
        WorldModelConfig small = WorldModelConfig.small(32, 1);
        assertThat(small.fingerprint())
                .isNotEqualTo(WorldModelConfig.small(24, 1).fingerprint())
                .isNotEqualTo(WorldModelConfig.small(32, 2).fingerprint())
                .isNotEqualTo(small.with(withoutRecurrence(small), small.heads()).fingerprint());
    }

    private static WorldModelConfig.Latent withoutRecurrence(WorldModelConfig config) {
        WorldModelConfig.Latent latent = config.latent();
        return new WorldModelConfig.Latent(
                latent.embed(),
                latent.recurrentInput(),
                latent.hidden(),
                latent.size(),
                latent.prior(),
                latent.posterior(),
                false);
    }

    /** Six actions more are read, and five rewards more: 128 * 6 + 5 * 128 + 5. */
    @Test
    void theVariantReadsSixRewardsFromStateAndActions() {
        var small = new ModelLayout(WorldModelConfig.small(32, 1));
        var variant = new ModelLayout(WorldModelConfig.smallAgainstDistraction(32, 1));
        assertThat(variant.layout().size() - small.layout().size())
                .isEqualTo(128 * 6 + 5 * 128 + 5);
    }

    @Test
    void aWrongSizeIsNamed() {
        assertThatThrownBy(() -> WorldModelConfig.small(32, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("behaviour.actions is 0, must be in [1, 64]");
        assertThatThrownBy(() -> new ObservationEncoder(WorldModelConfig.small(8, 1).encoder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 x 8 are too small for 3 convolutions");
    }

    @Test
    void initialMatricesKeepLengths() {
        float[] tall = Orthogonal.matrix(new CounterRandom(3, 0, 0), 5, 3, 2);
        for (int one = 0; one < 3; one++) {
            for (int other = 0; other < 3; other++) {
                double dot = 0;
                for (int row = 0; row < 5; row++) {
                    dot += (double) tall[row * 3 + one] * tall[row * 3 + other];
                }
                // Columns of length 2, at right angles.
                assertThat(dot).isCloseTo(one == other ? 4 : 0, within(1e-6));
            }
        }
    }

    @Test
    void aKernelStartsAsItsCentreAlone() {
        float[] kernels =
                Orthogonal.kernels(
                        new CounterRandom(3, 0, 0),
                        WorldModelConfig.InitialKernels.CENTRES,
                        2,
                        4,
                        3);
        for (int pair = 0; pair < 8; pair++) {
            for (int tap = 0; tap < 9; tap++) {
                float value = kernels[pair * 9 + tap];
                assertThat(value != 0).isEqualTo(tap == 4);
            }
        }
    }

    @Test
    void aWholeKernelStartsWithEveryTapAndKeepsLengths() {
        int taps = 4 * 9;
        float[] kernels =
                Orthogonal.kernels(
                        new CounterRandom(3, 0, 0), WorldModelConfig.InitialKernels.WHOLE, 2, 4, 3);
        double dot = 0;
        double square = 0;
        for (int tap = 0; tap < taps; tap++) {
            assertThat(kernels[tap]).isNotZero();
            dot += kernels[tap] * kernels[taps + tap];
            square += kernels[tap] * kernels[tap];
        }
        assertThat(dot).isCloseTo(0, within(1e-6));
        assertThat(square).isCloseTo(2, within(1e-6));
    }
}
