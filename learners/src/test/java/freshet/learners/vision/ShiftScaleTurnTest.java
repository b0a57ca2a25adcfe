package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class ShiftScaleTurnTest {

    @Test
    void withoutRangeThePictureStays() {
        float[] picture = {0, 0.25f, 0.5f, 1};
        assertThat(new ShiftScaleTurn(2, 2, 0, 0, 0).apply(picture, new CounterRandom(1, 0, 0)))
                .containsExactly(picture);
    }

    /**
     * The short way gives the bits of the general one, also where all of the picture is outside.
     */
    @Test
    void equalsTheGeneralResampling() {
        int height = 5;
        int width = 7;
        var random = new CounterRandom(3, 0, 0);
        for (int round = 0; round < 100; round++) {
            float[] picture = new float[2 * height * width];
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (float) random.nextDouble();
            }
            double size = 0.5 + 1.5 * random.nextDouble();
            double right = 20 * (random.nextDouble() - 0.5);
            double down = 20 * (random.nextDouble() - 0.5);
            float[] expected = new float[picture.length];
            for (int start = 0; start < picture.length; start += height * width) {
                double[] plane = new double[height * width];
                for (int i = 0; i < plane.length; i++) {
                    plane[i] = picture[start + i];
                }
                double[] moved =
                        Resampling.affine(plane, height, width, size, 0, 0, size, right, down);
                for (int i = 0; i < plane.length; i++) {
                    expected[start + i] = (float) moved[i];
                }
            }
            assertThat(Resampling.scaled(picture, height, width, size, right, down))
                    .containsExactly(expected);
        }
    }

    /** A point of light in the middle of 9 x 9, moved by up to 2 pixels: it stays within 3. */
    @Test
    void movesAtMostAsFarAsItIsAllowed() {
        float[] picture = new float[81];
        picture[40] = 1;
        var random = new CounterRandom(2, 0, 0);
        float furthest = 0;
        for (int i = 0; i < 200; i++) {
            float[] moved = new ShiftScaleTurn(9, 9, 2, 0, 0).apply(picture, random);
            float light = 0;
            for (int at = 0; at < 81; at++) {
                light += moved[at];
                int distance = Math.max(Math.abs(at % 9 - 4), Math.abs(at / 9 - 4));
                if (moved[at] > 0) {
                    assertThat(distance).isLessThanOrEqualTo(2);
                    furthest = Math.max(furthest, distance);
                }
            }
            assertThat(light).isBetween(1 - 1e-5f, 1 + 1e-5f); // bilinear weights sum to 1
        }
        assertThat(furthest).isEqualTo(2);
        assertThat(random.counter()).isEqualTo(600); // three draws a picture
    }

    /**
     * A point of light 4 pixels right of the middle of 11 x 11, turned by up to 30 degrees: its
     * centre stays 4 pixels away, up to what sampling a disc of pixels loses, and ends up to 4 sin
     * 30 = 2 pixels above and below the middle.
     */
    @Test
    void turnsToBothSidesAsFarAsItIsAllowed() {
        float[] picture = new float[121];
        picture[5 * 11 + 9] = 1;
        var random = new CounterRandom(5, 0, 0);
        double highest = 0;
        double lowest = 0;
        for (int i = 0; i < 200; i++) {
            float[] turned = new ShiftScaleTurn(11, 11, 0, 0, 30).apply(picture, random);
            double light = 0;
            double x = 0;
            double y = 0;
            for (int at = 0; at < 121; at++) {
                light += turned[at];
                x += turned[at] * (at % 11 - 5);
                y += turned[at] * (at / 11 - 5);
            }
            assertThat(Math.hypot(x, y) / light).isBetween(3.8, 4.2);
            highest = Math.max(highest, y / light);
            lowest = Math.min(lowest, y / light);
        }
        assertThat(highest).isBetween(1.8, 2.2);
        assertThat(lowest).isBetween(-2.2, -1.8);
        assertThat(random.counter()).isEqualTo(800); // four draws a picture
    }

    /** Of 14 x 28 pixels the shorter side is 14, a seventh of it 2. */
    @Test
    void movesByASeventhOfTheShorterSideUnlessToldOtherwise() {
        assertThat(ShiftScaleTurn.defaults(14, 28, 5))
                .isEqualTo(new ShiftScaleTurn(14, 28, 2, 0.2, 5));
    }

    @Test
    void refusesATurnOutOfRange() {
        assertThatThrownBy(() -> new ShiftScaleTurn(8, 8, 1, 0.1, 181))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("turn is 181.0 degrees, must be in [0, 180]");
    }
}
