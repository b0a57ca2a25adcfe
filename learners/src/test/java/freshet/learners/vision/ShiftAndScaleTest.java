package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class ShiftAndScaleTest {

    @Test
    void withoutRangeThePictureStays() {
        float[] picture = {0, 0.25f, 0.5f, 1};
        assertThat(new ShiftAndScale(2, 2, 0, 0).apply(picture, new CounterRandom(1, 0, 0)))
                .containsExactly(picture);
    }

    /** A point of light in the middle of 9 x 9, moved by up to 2 pixels: it stays within 3. */
    @Test
    void movesAtMostAsFarAsItIsAllowed() {
        float[] picture = new float[81];
        picture[40] = 1;
        var random = new CounterRandom(2, 0, 0);
        float furthest = 0;
        for (int i = 0; i < 200; i++) {
            float[] moved = new ShiftAndScale(9, 9, 2, 0).apply(picture, random);
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
}
