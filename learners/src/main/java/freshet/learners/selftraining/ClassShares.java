package freshet.learners.selftraining;

import java.util.Arrays;

/**
 * Running shares of the classes, each batch moving them 5 % of the way to its own; even at the
 * start.
 */
final class ClassShares {

    private static final double KEPT = 0.95;

    private final double[] shares;

    ClassShares(int classes) {
        shares = new double[classes];
        Arrays.fill(shares, 1.0 / classes);
    }

    ClassShares(double[] shares) {
        this.shares = shares.clone();
    }

    double[] values() {
        return shares.clone();
    }

    /** These shares moved towards those of a batch. */
    ClassShares moved(double[] batch) {
        double[] next = new double[shares.length];
        for (int c = 0; c < next.length; c++) {
            next[c] = KEPT * shares[c] + (1 - KEPT) * batch[c];
        }
        return new ClassShares(next);
    }

    /** In nats: ln C when even, 0 when one class is left. */
    double entropy() {
        double entropy = 0;
        for (double share : shares) {
            if (share > 0) {
                entropy -= share * StrictMath.log(share);
            }
        }
        return entropy;
    }

    /** Natural logarithm of the share times C: 0 when even. */
    double logExcess(int label) {
        return StrictMath.log(Math.max(shares[label], Double.MIN_NORMAL) * shares.length);
    }

    /** Shares of the rows of {@code [B, C]} that are themselves shares. */
    static double[] mean(float[] rows, int classes) {
        double[] mean = new double[classes];
        double count = rows.length / (double) classes;
        for (int i = 0; i < rows.length; i++) {
            mean[i % classes] += rows[i] / count;
        }
        return mean;
    }

    /** Shares of labels. */
    static double[] of(int[] labels, int classes) {
        double[] shares = new double[classes];
        for (int label : labels) {
            shares[label] += 1.0 / labels.length;
        }
        return shares;
    }
}
