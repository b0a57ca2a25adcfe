package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class OrientedGradientsTest {

    /** Two by two cells of 2 x 2 pixels, directions 0 and 90 degrees: one block of 8 numbers. */
    private static final OrientedGradients SMALL = new OrientedGradients(2, 2);

    private static final ImageForm FOUR = new ImageForm(1, 4, 4);

    /** Brightness rises by 0.1 a pixel to the right: 0.2 across two, 0.1 at either border. */
    @Test
    void aSlopeToTheRightIsAllInTheFirstDirection() {
        float[] image = new float[16];
        for (int i = 0; i < 16; i++) {
            image[i] = 0.1f * (i % 4);
        }
        // Each cell: a column at the border with 0.1 a pixel and one within with 0.2, two rows:
        // 2 * (0.1 + 0.2) = 0.6. Four cells: length sqrt(4 * 0.36) = 1.2, each 0.6 / 1.2.
        assertThat(SMALL.encode(image, FOUR))
                .containsExactly(new float[] {0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0}, within(1e-5f));
    }

    @Test
    void aSlopeDownwardsIsAllInTheSecondAndItsSignDoesNotMatter() {
        float[] image = new float[16];
        float[] opposite = new float[16];
        for (int i = 0; i < 16; i++) {
            int row = i / 4;
            image[i] = 0.1f * row;
            opposite[i] = 1 - image[i];
        }
        float[] features = SMALL.encode(image, FOUR);
        assertThat(features)
                .containsExactly(new float[] {0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f}, within(1e-5f));
        assertThat(SMALL.encode(opposite, FOUR)).containsExactly(features, within(1e-5f));
    }

    @Test
    void brightnessAndContrastChangeNothing() {
        var encoder = new OrientedGradients(7, 9);
        var form = new ImageForm(1, 28, 28);
        var random = new CounterRandom(1, 0, 0);
        float[] image = new float[form.size()];
        float[] paler = new float[form.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) random.nextDouble();
            paler[i] = 0.3f + 0.5f * image[i];
        }
        // 4 x 4 cells make 3 x 3 blocks of 4 cells with 9 directions.
        assertThat(encoder.encode(image, form)).hasSize(324);
        assertThat(encoder.encode(paler, form))
                .containsExactly(encoder.encode(image, form), within(1e-4f));
    }

    @Test
    void aFlatImageHasNoDirection() {
        assertThat(SMALL.encode(new float[16], FOUR)).containsOnly(0);
    }

    @Test
    void anImageThatIsTooSmallIsRefused() {
        assertThatThrownBy(() -> SMALL.size(new ImageForm(1, 3, 4)))
                .hasMessageContaining("a side of 3 pixels");
    }
}
