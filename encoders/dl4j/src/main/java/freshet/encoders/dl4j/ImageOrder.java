package freshet.encoders.dl4j;

import freshet.learners.vision.ImageForm;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How a network wants an image to lie in its input. */
enum ImageOrder {
    /** {@code [1, C, H, W]} */
    CHANNELS_FIRST,
    /** {@code [1, H, W, C]} */
    CHANNELS_LAST,
    /** {@code [1, C * H * W]}, channel by channel. */
    FLAT;

    static ImageOrder of(CNN2DFormat format) {
        return format == CNN2DFormat.NHWC ? CHANNELS_LAST : CHANNELS_FIRST;
    }

    /**
     * Lays out one image.
     *
     * @param image {@code [C, H, W]}
     * @return an array of its own, to be closed
     */
    INDArray lay(float[] image, ImageForm form) {
        int channels = form.channels();
        int height = form.height();
        int width = form.width();
        return switch (this) {
            case CHANNELS_FIRST ->
                    Nd4j.create(image.clone(), new long[] {1, channels, height, width}, 'c');
            case CHANNELS_LAST ->
                    Nd4j.create(
                            channelsLast(image, form),
                            new long[] {1, height, width, channels},
                            'c');
            case FLAT -> Nd4j.create(image.clone(), new long[] {1, image.length}, 'c');
        };
    }

    private static float[] channelsLast(float[] image, ImageForm form) {
        int pixels = form.height() * form.width();
        float[] turned = new float[image.length];
        for (int channel = 0; channel < form.channels(); channel++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                turned[pixel * form.channels() + channel] = image[channel * pixels + pixel];
            }
        }
        return turned;
    }
}
