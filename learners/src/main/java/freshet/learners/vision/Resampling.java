package freshet.learners.vision;

/** Bilinear resampling of one grey picture, black outside. */
final class Resampling {

    private Resampling() {}

    /**
     * The picture whose pixel at (x, y) from the centre is the old one's at {@code (xx * x + xy * y
     * + shiftX, yx * x + yy * y + shiftY)} from the centre; x to the right, y down, in pixels.
     */
    static double[] affine(
            double[] values,
            int height,
            int width,
            double xx,
            double xy,
            double yx,
            double yy,
            double shiftX,
            double shiftY) {
        double[] result = new double[values.length];
        double centreX = (width - 1) / 2.0;
        double centreY = (height - 1) / 2.0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double x = column - centreX;
                double y = row - centreY;
                result[row * width + column] =
                        at(
                                values,
                                height,
                                width,
                                xx * x + xy * y + shiftX + centreX,
                                yx * x + yy * y + shiftY + centreY);
            }
        }
        return result;
    }

    private static double at(double[] values, int height, int width, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double down = y - top;
        double upper =
                (1 - right) * pixel(values, height, width, left, top)
                        + right * pixel(values, height, width, left + 1, top);
        double lower =
                (1 - right) * pixel(values, height, width, left, top + 1)
                        + right * pixel(values, height, width, left + 1, top + 1);
        return (1 - down) * upper + down * lower;
    }

    private static double pixel(double[] values, int height, int width, int x, int y) {
        return x < 0 || y < 0 || x >= width || y >= height ? 0 : values[y * width + x];
    }
}
