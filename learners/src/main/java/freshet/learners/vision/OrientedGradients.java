package freshet.learners.vision;

/**
 * Histograms of oriented gradients (Dalal and Triggs, "Histograms of oriented gradients for human
 * detection", CVPR 2005): in each cell, how much brightness rises in which direction, normed over
 * blocks of 2 x 2 cells. Keeps shapes and drops brightness and contrast. A colour image gives the
 * gradient of its mean over the channels.
 *
 * <p>Differs from the paper: a pixel votes for the two nearest directions, but only for its own
 * cell, and blocks are normed by their Euclidean length without clipping.
 *
 * @param cell side of a cell in pixels, in [2, 64]; pixels beyond the last whole cell are left out
 * @param bins directions between 0 and 180 degrees, in [2, 36]
 */
public record OrientedGradients(int cell, int bins) implements FeatureEncoder {

    private static final int BLOCK = 2; // cells a side
    private static final double LEAST_LENGTH = 1e-3; // of a block: flat ones stay near 0

    public OrientedGradients {
        if (cell < 2 || cell > 64 || bins < 2 || bins > 36) {
            throw new IllegalArgumentException(
                    "cells of %d pixels with %d directions, must be in [2, 64] and [2, 36]"
                            .formatted(cell, bins));
        }
    }

    @Override
    public String identity() {
        return "oriented-gradients/1 cell=%d bins=%d".formatted(cell, bins);
    }

    @Override
    public int size(ImageForm form) {
        return blocks(form.height()) * blocks(form.width()) * BLOCK * BLOCK * bins;
    }

    private int blocks(int side) {
        int blocks = side / cell - BLOCK + 1;
        if (blocks < 1) {
            throw new IllegalArgumentException(
                    "a side of %d pixels has no %d cells of %d".formatted(side, BLOCK, cell));
        }
        return blocks;
    }

    @Override
    public float[] encode(float[] image, ImageForm form) {
        int down = form.height() / cell;
        int across = form.width() / cell;
        double[][] histograms = histograms(mean(image, form), form, down, across);
        float[] features = new float[size(form)];
        int at = 0;
        for (int y = 0; y + BLOCK <= down; y++) {
            for (int x = 0; x + BLOCK <= across; x++) {
                double squares = 0;
                for (int i = 0; i < BLOCK * BLOCK; i++) {
                    for (double value : cellOf(histograms, y, x, i, across)) {
                        squares += value * value;
                    }
                }
                double length = Math.sqrt(squares + LEAST_LENGTH * LEAST_LENGTH);
                for (int i = 0; i < BLOCK * BLOCK; i++) {
                    for (double value : cellOf(histograms, y, x, i, across)) {
                        features[at++] = (float) (value / length);
                    }
                }
            }
        }
        return features;
    }

    private static double[] cellOf(double[][] histograms, int y, int x, int i, int across) {
        return histograms[(y + i / BLOCK) * across + x + i % BLOCK];
    }

    private double[][] histograms(double[] grey, ImageForm form, int down, int across) {
        double[][] histograms = new double[down * across][bins];
        int height = form.height();
        int width = form.width();
        for (int y = 0; y < down * cell; y++) {
            for (int x = 0; x < across * cell; x++) {
                double right =
                        grey[y * width + Math.min(width - 1, x + 1)]
                                - grey[y * width + Math.max(0, x - 1)];
                double below =
                        grey[Math.min(height - 1, y + 1) * width + x]
                                - grey[Math.max(0, y - 1) * width + x];
                double strength = Math.hypot(right, below);
                if (strength == 0) {
                    continue;
                }
                double angle = StrictMath.atan2(below, right) / Math.PI; // in (-1, 1]
                double place = (angle < 0 ? angle + 1 : angle) * bins; // in [0, bins]
                int bin = (int) place % bins;
                double share = place - Math.floor(place);
                double[] histogram = histograms[y / cell * across + x / cell];
                histogram[bin] += (1 - share) * strength;
                histogram[(bin + 1) % bins] += share * strength;
            }
        }
        return histograms;
    }

    private static double[] mean(float[] image, ImageForm form) {
        int pixels = form.height() * form.width();
        double[] grey = new double[pixels];
        for (int i = 0; i < image.length; i++) {
            grey[i % pixels] += image[i] / (double) form.channels();
        }
        return grey;
    }
}
