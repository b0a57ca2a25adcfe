package freshet.learners.memory;

import java.util.Arrays;

/**
 * The search for one text's neighbours as far as it has got, handed from shard to shard: what is
 * farther than K neighbours already found need not be looked at again. A shard asked with a fresh
 * search lists more, but the merged lists of all shards are the same.
 */
public final class TextSearch {

    private final MemoryRecord text;
    private final int rows;
    private final int k;
    private final int width;
    private final double[] squaredLengths; // [rows] of the keys asked
    private final float[] nearest; // [rows, K] squared distances found so far, ascending
    private final float[] merged; // [K], work space

    public TextSearch(MemoryRecord text, MemoryConfig config) {
        this.text = text;
        this.rows = text.tokens().length + 1;
        this.k = config.neighbours();
        this.width = config.keyWidth();
        this.squaredLengths = new double[rows];
        this.nearest = new float[rows * k];
        this.merged = new float[k];
        for (int row = 0; row < rows; row++) {
            squaredLengths[row] = squaredLength(text.keys(), row, width);
        }
        Arrays.fill(nearest, Float.POSITIVE_INFINITY);
    }

    static double squaredLength(float[] keys, int row, int width) {
        double sum = 0;
        for (int d = row * width; d < (row + 1) * width; d++) {
            sum += (double) keys[d] * keys[d];
        }
        return sum;
    }

    MemoryRecord text() {
        return text;
    }

    int rows() {
        return rows;
    }

    double squaredLength(int row) {
        return squaredLengths[row];
    }

    /** Exact squared distance of stored key {@code key} of {@code keys} from the key asked. */
    double squaredDistance(int row, float[] keys, int key) {
        return NearestKeys.squaredDistance(text.keys(), row * width, keys, key * width, width);
    }

    /** Farthest that one of the K nearest can be, by what is known so far; ties count. */
    float reach(int row) {
        return nearest[(row + 1) * k - 1];
    }

    /** Takes in what a shard found for the row. */
    void found(int row, NeighbourLists lists) {
        int from = row * k;
        int mine = from;
        int theirs = from;
        for (int i = 0; i < k; i++) {
            merged[i] =
                    nearest[mine] <= lists.squaredDistances()[theirs]
                            ? nearest[mine++]
                            : lists.squaredDistances()[theirs++];
        }
        System.arraycopy(merged, 0, nearest, from, k);
    }
}
