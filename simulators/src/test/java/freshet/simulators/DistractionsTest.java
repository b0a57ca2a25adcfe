package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DistractionsTest {

    private static final int SIDE = 32;
    private static final int CORNER = 0;

    /** A pixel within the pole of a robot that balances, half a metre above the cart. */
    private static final int ON_THE_POLE = (12 * SIDE + 16) * 3;

    @Test
    void difficultiesAreTheSuitesScales() {
        assertThat(Distractions.named("easy")).isEqualTo(Distractions.ofScale(0.1));
        assertThat(Distractions.named("medium")).isEqualTo(Distractions.ofScale(0.2));
        assertThat(Distractions.named("hard")).isEqualTo(Distractions.ofScale(0.3));
        assertThat(Distractions.EASY.textures()).isEqualTo(4);
        assertThat(Distractions.MEDIUM.textures()).isEqualTo(8);
        assertThat(Distractions.HARD.textures()).isEqualTo(60);
        assertThat(Distractions.HARD.onTestTextures().textures()).isEqualTo(30);
        assertThatThrownBy(() -> Distractions.ofScale(-0.1)).hasMessageContaining("-0.1");
        assertThatThrownBy(() -> Distractions.NONE.withCamera(0.41)).hasMessageContaining("0.4");
        assertThatThrownBy(() -> Distractions.named("harder")).hasMessageContaining("hard");
    }

    @Test
    void backgroundAloneChangesWhatIsBehindTheRobot() {
        byte[] plain = firstFrame(Distractions.NONE);
        byte[] textured = firstFrame(Distractions.NONE.withBackground(0.1));
        assertThat(rgb(textured, CORNER)).isNotEqualTo(rgb(plain, CORNER));
        assertThat(rgb(textured, ON_THE_POLE)).isEqualTo(rgb(plain, ON_THE_POLE));
    }

    @Test
    void colourAloneChangesTheRobot() {
        byte[] plain = firstFrame(Distractions.NONE);
        byte[] coloured = firstFrame(Distractions.NONE.withColour(0.1));
        assertThat(rgb(coloured, CORNER)).isEqualTo(rgb(plain, CORNER));
        assertThat(rgb(coloured, ON_THE_POLE)).isNotEqualTo(rgb(plain, ON_THE_POLE));
    }

    @Test
    void cameraAloneMovesTheRobotBeforeAPlainBackground() {
        byte[] plain = firstFrame(Distractions.NONE);
        byte[] moved = firstFrame(Distractions.NONE.withCamera(0.1));
        assertThat(rgb(moved, CORNER)).isEqualTo(rgb(plain, CORNER));
        assertThat(moved).isNotEqualTo(plain);
    }

    @Test
    void nothingThatDistractsChangesWhatTheRobotDoes() {
        RobotFleet plain = new RobotFleet(Task.Name.SWING_UP, 2, SIDE, Distractions.NONE, 5);
        RobotFleet hard = new RobotFleet(Task.Name.SWING_UP, 2, SIDE, Distractions.HARD, 5);
        float[] plainRewards = new float[2];
        float[] hardRewards = new float[2];
        for (int step = 0; step < 130; step++) {
            float[] actions = {(float) Math.sin(step), (float) Math.cos(step)};
            plain.act(actions, plainRewards);
            hard.act(actions, hardRewards);
            assertThat(hardRewards).isEqualTo(plainRewards);
            assertThat(hard.robot(1).trueState()).isEqualTo(plain.robot(1).trueState());
        }
    }

    @Test
    void oneDistractionDoesNotDependOnWhetherAnotherIsOn() {
        byte[] background = firstFrame(Distractions.NONE.withBackground(0.2));
        byte[] both = firstFrame(Distractions.NONE.withBackground(0.2).withColour(0.2));
        assertThat(rgb(both, CORNER)).isEqualTo(rgb(background, CORNER));
    }

    @Test
    void coloursStayWithinTheScaleOfTheTrueOnesAndWander() {
        float[][] trueColours = {{0.5f, 0.05f, 1}};
        ColourDrift drift = new ColourDrift(0.1, trueColours);
        CounterRandom random = new CounterRandom(1, 2, 0);
        drift.start(random);
        float first = drift.colours()[0][0];
        float least = 1;
        float most = 0;
        for (int step = 0; step < 20_000; step++) {
            drift.step(random);
            float[] colour = drift.colours()[0];
            assertThat(colour[0]).isBetween(0.4f, 0.6f);
            assertThat(colour[1]).isBetween(0f, 0.15f);
            assertThat(colour[2]).isBetween(0.9f, 1f);
            least = Math.min(least, colour[0]);
            most = Math.max(most, colour[0]);
        }
        assertThat(first).isNotEqualTo(0.5f);
        // 20,000 steps of 0.003: it has been at both ends
        assertThat(least).isEqualTo(0.4f);
        assertThat(most).isEqualTo(0.6f);
    }

    @Test
    void cameraStaysWithinItsRangeAndUsesIt() {
        for (boolean seenFromBelow : new boolean[] {false, true}) {
            CameraPath path = new CameraPath(0.2, seenFromBelow);
            CounterRandom random = new CounterRandom(7, 0, 0);
            path.start(random);
            double farthest = 0;
            double lowest = 1;
            double rolledMost = 0;
            double angle = 0.1 * Math.PI; // 18 degrees
            for (int step = 0; step < 20_000; step++) {
                CameraPose before = path.pose();
                path.step(random);
                CameraPose pose = path.pose();
                assertThat(pose.distance()).isBetween(0.9, 1.3);
                assertThat(pose.horizontal()).isBetween(-angle, angle);
                assertThat(pose.vertical()).isBetween(seenFromBelow ? -angle : 0, angle);
                assertThat(pose.roll()).isBetween(-angle, angle);
                assertThat(Math.abs(pose.roll() - before.roll()))
                        .isLessThanOrEqualTo(0.2 * Math.PI / 50 + 1e-12);
                farthest = Math.max(farthest, pose.distance());
                lowest = Math.min(lowest, pose.vertical());
                rolledMost = Math.max(rolledMost, pose.roll());
            }
            assertThat(farthest).isEqualTo(1.3);
            assertThat(lowest).isEqualTo(seenFromBelow ? -angle : 0);
            assertThat(rolledMost).isEqualTo(angle);
        }
    }

    @Test
    void texturesForTestsAreOthersAndBothAreTheSameInEveryRun() {
        float[] learned = colourOf(new Textures(Distractions.EASY).get(0));
        float[] tested = colourOf(new Textures(Distractions.EASY.onTestTextures()).get(0));
        assertThat(learned).isNotEqualTo(tested);
        assertThat(learned).isEqualTo(colourOf(new Textures(Distractions.EASY).get(0)));
        assertThat(learned).isNotEqualTo(colourOf(new Textures(Distractions.EASY).get(1)));
    }

    @Test
    void texturesHaveNoSeamAndMove() {
        Texture texture = new Textures(Distractions.EASY).get(2);
        float[] left = new float[3];
        float[] right = new float[3];
        texture.addTo(left, 0, -0.25f, 11.5f);
        texture.addTo(right, 0, Texture.SIDE - 0.25f, 11.5f - Texture.SIDE);
        assertThat(left).isEqualTo(right);
        assertThat(texture.slid(0, 0, 1.5)).isNotEqualTo(texture.slid(0, 0, 1.4));
        assertThat(texture.slid(0, 0, 100)).isBetween(0f, (float) Texture.SIDE);
    }

    @Test
    void texturesDifferWithinAPictureAsPhotographsDo() {
        for (int number = 0; number < 8; number++) {
            Texture texture = new Textures(Distractions.MEDIUM).get(number);
            double sum = 0;
            double squares = 0;
            int count = 0;
            for (int x = 0; x < Texture.SIDE; x++) {
                for (int y = 0; y < Texture.SIDE; y++) {
                    float[] colour = new float[3];
                    texture.addTo(colour, 0, x, y);
                    texture.addTo(colour, 1, x, y);
                    sum += colour[1];
                    squares += colour[1] * colour[1];
                    count++;
                }
            }
            double mean = sum / count;
            // Drawn from 0.2 to 0.8; 24 waves of 0.3 / |k|, halved, give a deviation near 0.15.
            assertThat(mean).isBetween(0.19, 0.81);
            assertThat(Math.sqrt(squares / count - mean * mean)).isBetween(0.04, 0.4);
        }
    }

    private static float[] colourOf(Texture texture) {
        float[] colour = new float[3];
        texture.addTo(colour, 0, 3, 4);
        return colour;
    }

    private static byte[] firstFrame(Distractions distractions) {
        RobotFleet fleet = new RobotFleet(Task.Name.BALANCE, 1, SIDE, distractions, 3);
        byte[] frame = new byte[fleet.frameBytes()];
        fleet.see(frame);
        return frame;
    }

    private static byte[] rgb(byte[] frame, int at) {
        return Arrays.copyOfRange(frame, at, at + 3);
    }
}
