package freshet.learners.vision;

/**
 * What is done to a picture: turned, then blurred, then its contrast changed.
 *
 * @param degrees turn about the centre, counter-clockwise; bilinear, black where nothing was; in
 *     [-360, 360]
 * @param blur deviation of a Gaussian in pixels; 0 leaves the picture sharp; in [0, 10]
 * @param contrast factor on each pixel's distance from the picture's mean; 1 changes nothing; in
 *     [0, 10]
 */
public record Distortion(double degrees, double blur, double contrast) {

    public static final Distortion NONE = new Distortion(0, 0, 1);

    public Distortion {
        check("degrees", degrees, -360, 360);
        check("blur", blur, 0, 10);
        check("contrast", contrast, 0, 10);
    }

    /** Only a turn. */
    public static Distortion turn(double degrees) {
        return new Distortion(degrees, 0, 1);
    }

    /** Each number {@code share} of the way from this one's to {@code other}'s. */
    Distortion towards(Distortion other, double share) {
        return new Distortion(
                between(degrees, other.degrees, share),
                between(blur, other.blur, share),
                between(contrast, other.contrast, share));
    }

    private static double between(double from, double to, double share) {
        return from + share * (to - from);
    }

    /** Returns a distorted copy, rounded to bytes once. */
    public byte[] apply(byte[] image, int height, int width) {
        double[] values = new double[image.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = image[i] & 0xFF;
        }
        if (degrees != 0) {
            double angle = Math.toRadians(degrees);
            double cosine = StrictMath.cos(angle);
            double sine = StrictMath.sin(angle);
            values = Resampling.affine(values, height, width, cosine, -sine, sine, cosine, 0, 0);
        }
        if (blur > 0) {
            values = blurred(values, height, width);
        }
        if (contrast != 1) {
            double mean = 0;
            for (double value : values) {
                mean += value / values.length;
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = mean + contrast * (values[i] - mean);
            }
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) Math.round(Math.max(0, Math.min(255, values[i])));
        }
        return bytes;
    }

    /** A Gaussian cut at three deviations, along rows and then columns, black outside. */
    private double[] blurred(double[] values, int height, int width) {
        int reach = (int) Math.ceil(3 * blur);
        double[] weights = new double[2 * reach + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double distance = (i - reach) / blur;
            weights[i] = StrictMath.exp(-distance * distance / 2);
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
        return along(along(values, height, width, 1, weights), height, width, width, weights);
    }

    /** Weighted sums along rows (stride 1) or columns (stride width). */
    private static double[] along(
            double[] values, int height, int width, int stride, double[] weights) {
        int reach = weights.length / 2;
        int length = stride == 1 ? width : height;
        double[] sums = new double[values.length];
        for (int at = 0; at < values.length; at++) {
            int place = stride == 1 ? at % width : at / width;
            int first = Math.max(0, reach - place);
            int last = Math.min(weights.length, length + reach - place);
            for (int k = first; k < last; k++) {
                sums[at] += weights[k] * values[at + (k - reach) * stride];
            }
        }
        return sums;
    }

    private static void check(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    "%s is %s, must be in [%s, %s]".formatted(name, value, low, high));
        }
    }
}
