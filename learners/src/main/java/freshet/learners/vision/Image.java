package freshet.learners.vision;

/**
 * Samples of an image as it should be seen: upright, grey or sRGB, without transparency.
 *
 * @param channels 1 grey or 3 red, green, blue
 * @param samples {@code [C, H, W]} in [0, 1], rows from the top
 */
public record Image(int channels, int height, int width, float[] samples) {

    public Image {
        if ((channels != 1 && channels != 3)
                || samples.length != (long) channels * height * width) {
            throw new IllegalArgumentException(
                    "%d samples are no image of [%d, %d, %d]"
                            .formatted(samples.length, channels, height, width));
        }
    }
}
