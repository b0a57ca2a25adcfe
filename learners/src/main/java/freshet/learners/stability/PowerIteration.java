package freshet.learners.stability;

import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;

/**
 * Estimates the largest singular value of a matrix that changes slowly, one step of power iteration
 * at a time. The estimate never exceeds the true value of the matrix it was made from.
 */
public final class PowerIteration {

    private final int rows;
    private final int columns;
    private final double[] right; // [columns], unit length: all that is carried over
    private final double[] left; // [rows]

    /**
     * @param right {@code [columns]} guess of the right singular vector, of length 1: taken as it
     *     is, so that a carried vector goes on bit for bit
     */
    public PowerIteration(int rows, int columns, double[] right) {
        if (right.length != columns) {
            throw new IllegalArgumentException(
                    "right vector has %d values, the matrix %d columns"
                            .formatted(right.length, columns));
        }
        this.rows = rows;
        this.columns = columns;
        this.right = right.clone();
        this.left = new double[rows];
    }

    /**
     * Goes on after a step, its left vector included.
     *
     * @param left {@code [rows]} what {@link #left} gave
     */
    public PowerIteration(int rows, int columns, double[] right, double[] left) {
        this(rows, columns, right);
        if (left.length != rows) {
            throw new IllegalArgumentException(
                    "left vector has %d values, the matrix %d rows".formatted(left.length, rows));
        }
        System.arraycopy(left, 0, this.left, 0, rows);
    }

    /** Starts from a random direction: a fixed one could be orthogonal to the answer. */
    public static PowerIteration random(int rows, int columns, CounterRandom random) {
        double[] right = new double[columns];
        for (int i = 0; i < columns; i++) {
            right[i] = random.nextGaussian();
        }
        normalise(right);
        return new PowerIteration(rows, columns, right);
    }

    /**
     * Does {@code v = unit(W u), u' = unit(W^T v)} and returns {@code v^T W u'}.
     *
     * @param matrix row-major values, the matrix's first at {@code offset}
     */
    public double step(float[] matrix, int offset) {
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            int at = offset + row * columns;
            for (int column = 0; column < columns; column++) {
                sum += matrix[at + column] * right[column];
            }
            left[row] = sum;
        }
        normalise(left);
        Arrays.fill(right, 0);
        for (int row = 0; row < rows; row++) {
            int at = offset + row * columns;
            double share = left[row];
            for (int column = 0; column < columns; column++) {
                right[column] += matrix[at + column] * share;
            }
        }
        // v^T W u' = |W^T v|, because u' is W^T v scaled to length 1.
        double estimate = normalise(right);
        if (estimate == 0) {
            // A zero matrix has no direction; any will do until it is one no more.
            Arrays.fill(right, 1 / Math.sqrt(columns));
        }
        return estimate;
    }

    /** A copy of the carried vector: what a snapshot keeps. */
    public double[] right() {
        return right.clone();
    }

    /** A copy of the last left vector. */
    public double[] left() {
        return left.clone();
    }

    private static double normalise(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        double norm = Math.sqrt(squares);
        if (norm > 0) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] /= norm;
            }
        }
        return norm;
    }
}
