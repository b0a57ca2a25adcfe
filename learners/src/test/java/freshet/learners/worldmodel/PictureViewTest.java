package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.worldmodel.WorldModelLearningConfig.View;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Frames to pictures. */
class PictureViewTest {

    /** 9 x 10 pixels of two channels: row, column. */
    private static final Frame FRAME = new Frame(9, 10, 2);

    private static final WorldModelConfig.Encoder PICTURE =
            new WorldModelConfig.Encoder(
                    2,
                    7,
                    8,
                    List.of(1),
                    List.of(1),
                    WorldModelConfig.InitialKernels.CENTRES,
                    1,
                    0,
                    List.of());

    private static final int PLANE = 7 * 8;

    private static byte[] frame() {
        byte[] frame = new byte[FRAME.size()];
        for (int y = 0; y < 9; y++) {
            for (int x = 0; x < 10; x++) {
                frame[(y * 10 + x) * 2] = (byte) (20 * y);
                frame[(y * 10 + x) * 2 + 1] = (byte) (20 * x);
            }
        }
        return frame;
    }

    private static float[] shown(View view, long seed) {
        var random = new CounterRandom(seed, 0, 0);
        float[] picture = new float[2 * PLANE];
        new PictureView(FRAME, PICTURE, view).draw(random).show(frame(), 0, random, picture, 0);
        return picture;
    }

    @Test
    void actingSeesTheMiddleChannelByChannel() {
        float[] picture = new float[2 * PLANE];
        new PictureView(FRAME, PICTURE, new View(0, 0, 0, false)).middle(frame(), 0, picture, 0);
        // One row and one column off each side; bytes above 127 are not negative.
        assertThat(picture[0]).isEqualTo(20);
        assertThat(picture[6 * 8]).isEqualTo(140);
        assertThat(picture[PLANE]).isEqualTo(20);
        assertThat(picture[PLANE + 7]).isEqualTo(160);
    }

    @Test
    void learningCutsAnywhereInTheFrame() {
        Set<List<Float>> corners = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            float[] picture = shown(new View(0, 0, 0, false), seed);
            corners.add(List.of(picture[0] / 20, picture[PLANE] / 20));
            assertThat(picture[PLANE + 7] - picture[PLANE]).isEqualTo(140);
        }
        assertThat(corners).hasSize(9); // three rows by three columns
    }

    @Test
    void paddingContinuesTheEdge() {
        Set<Float> tops = new HashSet<>();
        Set<Float> bottoms = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            float[] picture = shown(new View(2, 0, 0, false), seed);
            tops.add(picture[0] / 20);
            bottoms.add(picture[6 * 8] / 20);
        }
        // First rows -2 to 4, last rows 4 to 10, held within 0 to 8.
        assertThat(tops).containsExactlyInAnyOrder(0f, 1f, 2f, 3f, 4f);
        assertThat(bottoms).containsExactlyInAnyOrder(4f, 5f, 6f, 7f, 8f);
    }

    @Test
    void theCutHoldsOverASequenceAndThePatternDoesNot() {
        var view = new PictureView(FRAME, PICTURE, new View(1, 0, 0, false));
        var random = new CounterRandom(3, 0, 0);
        PictureView.OfSequence sequence = view.draw(random);
        float[] both = new float[4 * PLANE];
        sequence.show(frame(), 0, random, both, 0);
        sequence.show(frame(), 0, random, both, 2 * PLANE);
        assertThat(Arrays.copyOfRange(both, 2 * PLANE, 4 * PLANE))
                .isEqualTo(Arrays.copyOf(both, 2 * PLANE));

        PictureView.OfSequence overlaid =
                new PictureView(FRAME, PICTURE, new View(1, 1, 0, false)).draw(random);
        overlaid.show(frame(), 0, random, both, 0);
        overlaid.show(frame(), 0, random, both, 2 * PLANE);
        assertThat(Arrays.copyOfRange(both, 2 * PLANE, 4 * PLANE))
                .isNotEqualTo(Arrays.copyOf(both, 2 * PLANE));
    }

    /** Three waves of deviation 40 / sqrt(2) and a shift of 30, all times 0.3 to 1.3. */
    @Test
    void thePatternHasItsStrengthAndStaysInRange() {
        var grey = new Frame(7, 8, 2);
        byte[] frame = new byte[grey.size()];
        Arrays.fill(frame, (byte) 128);
        var view = new PictureView(grey, PICTURE, new View(0, 0.2, 0, false));
        double squares = 0;
        int pictures = 2000;
        for (int seed = 0; seed < pictures; seed++) {
            var random = new CounterRandom(seed, 0, 0);
            float[] picture = new float[2 * PLANE];
            view.draw(random).show(frame, 0, random, picture, 0);
            for (float value : picture) {
                assertThat(value).isBetween(0f, 255f);
                squares += (value - 128) * (value - 128) / (2 * PLANE) / pictures;
            }
        }
        // (3 * 800 + 900) times 0.04 and the mean square of 0.3 to 1.3, 0.7233
        assertThat(squares).isCloseTo(95.5, within(8.0));
    }

    @Test
    void theGainOfAChannelChangesByItsShareAtMost() {
        for (int seed = 0; seed < 50; seed++) {
            float[] plain = shown(new View(0, 0, 0, false), seed);
            float[] changed = shown(new View(0, 0, 0.3, false), seed);
            double first = changed[PLANE - 1] / plain[PLANE - 1];
            double second = changed[2 * PLANE - 1] / plain[2 * PLANE - 1];
            assertThat(first).isBetween(0.7, 1.3);
            assertThat(second).isBetween(0.7, 1.3).isNotEqualTo(first);
        }
    }

    @Test
    void framesThatDoNotHoldAPictureAreRefused() {
        assertThatThrownBy(
                        () ->
                                new PictureView(
                                        new Frame(6, 10, 2), PICTURE, new View(2, 0, 0, false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 x 10 in 2 channels do not hold pictures of 7 x 8 in 2");
    }
}
