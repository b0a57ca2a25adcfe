package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class ImageFormTest {

    private static final double ONE_STEP = 1 / 255.0;

    /** 5 wide, 4 high: ((7 x + 3 y) mod 11) / 10. */
    private static Image pattern() {
        float[] samples = new float[20];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (i % 5 * 7 + i / 5 * 3) % 11 / 10f;
        }
        return new Image(1, 4, 5, samples);
    }

    private static void assertClose(float[] actual, double... expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("sample %d", i).isCloseTo(expected[i], within(1e-5));
        }
    }

    @Test
    void shrinksAsPillowDoes() {
        // Pillow 9.4, mode F, resize((3, 2), BILINEAR)
        assertClose(
                new ImageForm(1, 2, 3).of(pattern()),
                0.446939,
                0.584127,
                0.626531,
                0.581633,
                0.514286,
                0.446939);
    }

    @Test
    void enlargesAsPillowDoes() {
        // Pillow 9.4, mode F, resize((2, 6), BILINEAR): shrinks across and enlarges down
        assertClose(
                new ImageForm(1, 6, 2).of(pattern()),
                0.4,
                0.7,
                0.525,
                0.625,
                0.625,
                0.533333,
                0.525,
                0.466667,
                0.525,
                0.475,
                0.55,
                0.5);
    }

    @Test
    void leavesAnImageOfItsOwnSizeAlone() {
        Image image = pattern();
        assertThat(new ImageForm(1, 4, 5).of(image)).isEqualTo(image.samples());
    }

    @Test
    void keepsTheMeanOfWhatItShrinksByAWholeFactor() {
        var random = new CounterRandom(1, 0, 0);
        float[] samples = new float[64 * 64];
        double mean = 0;
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) random.nextDouble();
            mean += samples[i] / samples.length;
        }
        double shrunk = 0;
        float[] small = new ImageForm(1, 16, 16).of(new Image(1, 64, 64, samples));
        for (float value : small) {
            shrunk += value / small.length;
        }
        assertThat(shrunk).isCloseTo(mean, within(ONE_STEP));
    }

    @Test
    void weighsColoursAsTheEyeDoesAndRepeatsGreys() {
        var colours = new Image(3, 1, 2, new float[] {1, 0, 0, 1, 0, 0});
        assertClose(new ImageForm(1, 1, 2).of(colours), 0.299, 0.587);
        var grey = new Image(1, 1, 2, new float[] {0.25f, 0.5f});
        assertClose(new ImageForm(3, 1, 2).of(grey), 0.25, 0.5, 0.25, 0.5, 0.25, 0.5);
    }

    @Test
    void refusesAFormThatNoImageHas() {
        assertThatThrownBy(() -> new ImageForm(2, 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, 4, 4]");
    }
}
