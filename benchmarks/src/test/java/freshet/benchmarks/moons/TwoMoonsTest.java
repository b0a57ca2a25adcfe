package freshet.benchmarks.moons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.ModelArtifact;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngines;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoMoonsTest {

    @Test
    void pointsLieOnTheirHalfCirclesAndATurnTurnsThem() {
        var flat = TwoMoons.draw(200, 0, 0, new CounterRandom(1, 0, 0));
        var turned = TwoMoons.draw(200, 90, 0, new CounterRandom(1, 0, 0));
        assertThat(turned.labels()).containsExactly(flat.labels());
        for (int i = 0; i < flat.count(); i++) {
            double x = flat.points()[2 * i] + 0.5;
            double y = flat.points()[2 * i + 1] + 0.25;
            if (flat.labels()[i] == 0) {
                assertThat(x * x + y * y).isCloseTo(1, within(1e-5));
                assertThat(y).isGreaterThan(-1e-6);
            } else {
                assertThat((x - 1) * (x - 1) + (y - 0.5) * (y - 0.5)).isCloseTo(1, within(1e-5));
                assertThat(y).isLessThan(0.5 + 1e-6);
            }
            assertThat(turned.points()[2 * i]).isCloseTo(-flat.points()[2 * i + 1], within(1e-6f));
            assertThat(turned.points()[2 * i + 1]).isCloseTo(flat.points()[2 * i], within(1e-6f));
        }
    }

    @Test
    void theSourceIsLearnedAndASlightTurnIsFollowed(@TempDir Path folder) throws Exception {
        var protocol = new MoonsProtocol(TensorEngines.start("libtorch", 1), 1, 2_560);
        var config = SelfTrainingConfig.defaults(MoonsMethod.SELF_TRAINING.method(2_560), 1);
        protocol.learnSource(config);
        TwoMoons straight = protocol.heldOut(0);
        ModelArtifact source = protocol.run(MoonsMethod.SOURCE, 0, config);
        assertThat(protocol.accuracy(source, straight)).isGreaterThan(0.98);
        TwoMoons turned = protocol.heldOut(20);
        ModelArtifact followed = protocol.run(MoonsMethod.SELF_TRAINING, 20, config);
        assertThat(protocol.accuracy(followed, turned))
                .isGreaterThan(protocol.accuracy(source, turned));

        float[] probabilities = new float[MoonsPicture.places().length];
        var panel = new MoonsPicture.Panel(turned, probabilities, 0.5);
        Path png = folder.resolve("moons.png");
        MoonsPicture.write(
                List.of("one"), List.of("0°", "20°"), List.of(List.of(panel, panel)), png);
        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(120 + 2 * 208);
    }
}
