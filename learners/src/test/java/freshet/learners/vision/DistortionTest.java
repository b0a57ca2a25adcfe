package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DistortionTest {

    private static final byte[] SQUARE = {
        10, 20, 30,
        40, 50, 60,
        70, 80, 90
    };

    @Test
    void aQuarterTurnMovesTheUpperEdgeToTheLeft() {
        assertThat(Distortion.turn(90).apply(SQUARE, 3, 3))
                .containsExactly(
                        new byte[] {
                            30, 60, 90,
                            20, 50, 80,
                            10, 40, 70
                        });
    }

    @Test
    void aTurnByNothingOrAllAroundChangesNothing() {
        assertThat(Distortion.NONE.apply(SQUARE, 3, 3)).containsExactly(SQUARE);
        assertThat(Distortion.turn(360).apply(SQUARE, 3, 3)).containsExactly(SQUARE);
    }

    /** At 45 degrees the corner's pixel lies sqrt(2) from the centre: outside, but for a part. */
    @Test
    void aTurnBlendsNeighboursAndFillsWithBlack() {
        byte[] cross = {
            0, 100, 0,
            100, 100, 100,
            0, 100, 0
        };
        byte[] turned = Distortion.turn(45).apply(cross, 3, 3);
        // (0, -1) reads (x, y) = (0.7071, -0.7071): a share of 0.7071 * 0.2929 of each arm,
        // 0.2929^2 of the centre: 100 * (2 * 0.2071 + 0.0858) = 50.
        assertThat(turned[1]).isEqualTo((byte) 50);
        // (-1, -1) reads (0, -1.4142): 1 - 0.4142 of the upper arm.
        assertThat(turned[0]).isEqualTo((byte) 59);
        assertThat(turned[4]).isEqualTo((byte) 100);
    }

    @Test
    void aBlurSpreadsAPointAndKeepsItsLight() {
        byte[] point = new byte[81];
        point[40] = (byte) 250;
        byte[] blurred = new Distortion(0, 1, 1).apply(point, 9, 9);
        // Weights of deviation 1 cut at 3: centre 1 / (1 + 2 (e^-0.5 + e^-2 + e^-4.5)) = 0.39905.
        assertThat(blurred[40]).isEqualTo((byte) Math.round(250 * 0.39905 * 0.39905));
        assertThat(blurred[41]).isEqualTo((byte) Math.round(250 * 0.39905 * 0.24204));
        assertThat(blurred[49]).isEqualTo(blurred[41]);
        int light = 0;
        for (byte pixel : blurred) {
            light += pixel;
        }
        assertThat(light).isBetween(250 - 25, 250 + 25); // rounding of 49 pixels
    }

    @Test
    void contrastStretchesAboutTheMeanAndStaysInRange() {
        byte[] pixels = {0, 100, (byte) 200, (byte) 180}; // mean 120
        assertThat(new Distortion(0, 0, 2).apply(pixels, 2, 2))
                .containsExactly((byte) 0, (byte) 80, (byte) 255, (byte) 240);
        assertThat(new Distortion(0, 0, 0).apply(pixels, 2, 2))
                .containsExactly((byte) 120, (byte) 120, (byte) 120, (byte) 120);
    }

    @Test
    void aNumberOutOfRangeIsNamed() {
        assertThatThrownBy(() -> new Distortion(0, -1, 1)).hasMessageContaining("blur is -1.0");
        assertThatThrownBy(() -> new Distortion(Double.NaN, 0, 1)).hasMessageContaining("degrees");
    }
}
