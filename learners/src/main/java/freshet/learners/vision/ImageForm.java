package freshet.learners.vision;

import java.io.Serializable;

/**
 * The one form that a model takes images in: everything else is scaled to it.
 *
 * <p>Scaling weighs source pixels with a triangle as wide as two source or two target pixels,
 * whichever is more (what Pillow calls BILINEAR): it averages where it shrinks and interpolates
 * where it enlarges. Width and height are scaled apart, the shape of things is not kept. Grey is
 * 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); grey is repeated where colours are wanted.
 *
 * @param channels 1 or 3
 */
public record ImageForm(int channels, int height, int width) implements Serializable {

    public ImageForm {
        if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "form is [%d, %d, %d], must have 1 or 3 channels and sides of at least 1"
                            .formatted(channels, height, width));
        }
    }

    /** Values in an image of this form. */
    public int size() {
        return channels * height * width;
    }

    /** The image's samples in this form: {@code [C, H, W]} in [0, 1]. */
    public float[] of(Image image) {
        float[] right = channelsOf(image);
        if (image.height() == height && image.width() == width) {
            return right;
        }
        float[] scaled = new float[size()];
        var across = new Scale(image.width(), width);
        var down = new Scale(image.height(), height);
        float[] narrow = new float[image.height() * width];
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < image.height(); y++) {
                int row = (channel * image.height() + y) * image.width();
                for (int x = 0; x < width; x++) {
                    narrow[y * width + x] = across.at(x, right, row, 1);
                }
            }
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    scaled[(channel * height + y) * width + x] = down.at(y, narrow, x, width);
                }
            }
        }
        return scaled;
    }

    private float[] channelsOf(Image image) {
        if (image.channels() == channels) {
            return image.samples();
        }
        int pixels = image.height() * image.width();
        float[] from = image.samples();
        float[] to = new float[channels * pixels];
        for (int i = 0; i < pixels; i++) {
            if (channels == 1) {
                to[i] =
                        0.299f * from[i]
                                + 0.587f * from[pixels + i]
                                + 0.114f * from[2 * pixels + i];
            } else {
                to[i] = from[i];
                to[pixels + i] = from[i];
                to[2 * pixels + i] = from[i];
            }
        }
        return to;
    }

    /** Weights of source pixels for each target pixel along one side. */
    private static final class Scale {
        private final int[] first;
        private final float[][] weights;

        Scale(int from, int to) {
            double ratio = (double) from / to;
            double reach = Math.max(1, ratio);
            first = new int[to];
            weights = new float[to][];
            for (int target = 0; target < to; target++) {
                double centre = (target + 0.5) * ratio;
                first[target] = (int) Math.max(0, Math.ceil(centre - reach - 0.5));
                int end = (int) Math.min(from, Math.floor(centre + reach - 0.5) + 1);
                double[] shares = new double[end - first[target]];
                double sum = 0;
                for (int i = 0; i < shares.length; i++) {
                    double distance = Math.abs(first[target] + i + 0.5 - centre) / reach;
                    shares[i] = Math.max(0, 1 - distance);
                    sum += shares[i];
                }
                weights[target] = new float[shares.length];
                for (int i = 0; i < shares.length; i++) {
                    weights[target][i] = (float) (shares[i] / sum);
                }
            }
        }

        float at(int target, float[] values, int start, int step) {
            double sum = 0;
            for (int i = 0; i < weights[target].length; i++) {
                sum += weights[target][i] * (double) values[start + (first[target] + i) * step];
            }
            return (float) sum;
        }
    }
}
