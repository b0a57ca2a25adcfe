package freshet.learners.vision;

/** Bilinear resampling of one grey picture, black outside. */
final class Resampling {

    /** Black around a picture: enough that a place outside has two black neighbours. */
    private static final int FRAME = 2;

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

    /**
     * Equal to {@link #affine} without rotation or shear, for all planes of a picture: what is the
     * same for a row or a column is computed once.
     *
     * @param values {@code [C, H, W]}
     */
    static float[] scaled(
            float[] values, int height, int width, double size, double shiftX, double shiftY) {
        var across = Places.along(width, size, shiftX);
        var along = Places.along(height, size, shiftY);
        float[] result = new float[values.length];
        int framedWidth = width + 2 * FRAME;
        double[] framed = new double[(height + 2 * FRAME) * framedWidth];
        for (int plane = 0; plane < values.length; plane += height * width) {
            for (int row = 0; row < height; row++) {
                int start = (row + FRAME) * framedWidth + FRAME;
                for (int column = 0; column < width; column++) {
                    framed[start + column] = values[plane + row * width + column];
                }
            }
            for (int row = 0; row < height; row++) {
                int above = along.before[row] * framedWidth;
                double down = along.share[row];
                for (int column = 0; column < width; column++) {
                    int corner = above + across.before[column];
                    double right = across.share[column];
                    double upper = (1 - right) * framed[corner] + right * framed[corner + 1];
                    double lower =
                            (1 - right) * framed[corner + framedWidth]
                                    + right * framed[corner + framedWidth + 1];
                    result[plane + row * width + column] =
                            (float) ((1 - down) * upper + down * lower);
                }
            }
        }
        return result;
    }

    /**
     * Of each new row or column: the old one before its place, counted in a framed picture, and how
     * much of a pixel it lies behind that.
     */
    private record Places(int[] before, double[] share) {

        static Places along(int length, double size, double shift) {
            int[] before = new int[length];
            double[] share = new double[length];
            double centre = (length - 1) / 2.0;
            for (int i = 0; i < length; i++) {
                double place = size * (i - centre) + shift + centre;
                int floor = (int) Math.floor(place);
                before[i] = FRAME + Math.max(-FRAME, Math.min(length, floor));
                share[i] = place - floor;
            }
            return new Places(before, share);
        }
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
