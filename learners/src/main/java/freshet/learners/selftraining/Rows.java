package freshet.learners.selftraining;

/** Small calculations on row-major matrices {@code [B, size]}. */
final class Rows {

    private Rows() {}

    /** Rows at {@code indices}, in that order. */
    static float[] select(float[] matrix, int[] indices, int size) {
        float[] chosen = new float[indices.length * size];
        for (int row = 0; row < indices.length; row++) {
            System.arraycopy(matrix, indices[row] * size, chosen, row * size, size);
        }
        return chosen;
    }

    /** Column of the greatest element of each row, the first of equals. */
    static int[] argmax(float[] matrix, int size) {
        int[] columns = new int[matrix.length / size];
        for (int row = 0; row < columns.length; row++) {
            for (int column = 1; column < size; column++) {
                if (matrix[row * size + column] > matrix[row * size + columns[row]]) {
                    columns[row] = column;
                }
            }
        }
        return columns;
    }

    /** Softmax of each row divided by {@code temperature}. */
    static float[] softmax(float[] matrix, int size, double temperature) {
        float[] shares = new float[matrix.length];
        for (int start = 0; start < matrix.length; start += size) {
            double greatest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < size; i++) {
                greatest = Math.max(greatest, matrix[start + i]);
            }
            double sum = 0;
            for (int i = 0; i < size; i++) {
                sum += StrictMath.exp((matrix[start + i] - greatest) / temperature);
            }
            for (int i = 0; i < size; i++) {
                double part = StrictMath.exp((matrix[start + i] - greatest) / temperature);
                shares[start + i] = (float) (part / sum);
            }
        }
        return shares;
    }

    /** Rows with {@code value} at their label and 0 elsewhere. */
    static float[] oneHot(int[] labels, int size, float value) {
        float[] rows = new float[labels.length * size];
        for (int row = 0; row < labels.length; row++) {
            rows[row * size + labels[row]] = value;
        }
        return rows;
    }

    static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
