package freshet.learners.memory;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.NearestRows;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** All keys, by matrix product. Owns native memory until closed; has no pages of its own. */
final class ExactKeyIndex implements KeyIndex {

    private static final int FORMAT = 2; // keys alone

    /** Error of an inexact distance, as a share of both squared lengths: see {@link KeyMatrix}. */
    private static final double INEXACT = 1e-5;

    private static final int QUERIES_AT_ONCE = 256;

    private static final int ROWS_AT_ONCE = 96;

    private final NearestKeys.Stored stored;
    private final int width;
    private final KeyMatrix matrix;
    private double longestSquared; // of all keys since the start or the last restore
    private int used;
    private NearestRows found; // of the rows asked now

    ExactKeyIndex(NearestKeys.Stored stored, int width, TensorEngine engine) {
        this.stored = stored;
        this.width = width;
        this.matrix = engine.keyMatrix(stored.positions().length, width);
    }

    @Override
    public void find(TextSearch search, int row, NearestKeys nearest) {
        int group = row - row % QUERIES_AT_ONCE;
        if (row == group) {
            found =
                    ask(
                            search,
                            row,
                            Math.min(search.rows() - row, QUERIES_AT_ONCE),
                            nearest.limit());
        }
        double tolerance = INEXACT * (search.squaredLength(row) + longestSquared);
        var candidates = new NearestKeys.Candidates(found, row - group, used, tolerance);
        while (!nearest.find(search, row, candidates, stored)) {
            int more = Math.min(used, 4 * candidates.nearest().k());
            candidates = new NearestKeys.Candidates(ask(search, row, 1, more), 0, used, tolerance);
        }
    }

    private NearestRows ask(TextSearch search, int row, int count, int k) {
        float[] queries =
                Arrays.copyOfRange(search.text().keys(), row * width, (row + count) * width);
        return matrix.nearest(queries, count, used, k);
    }

    @Override
    public void insert(int slot) {
        upload(slot, 1);
        used = Math.max(used, slot + 1);
    }

    private void upload(int first, int count) {
        float[] rows = new float[count * width];
        System.arraycopy(stored.keys(), first * width, rows, 0, rows.length);
        matrix.set(first, rows, count);
        for (int i = first; i < first + count; i++) {
            longestSquared =
                    Math.max(longestSquared, TextSearch.squaredLength(stored.keys(), i, width));
        }
    }

    @Override
    public int size() {
        return used;
    }

    @Override
    public int format() {
        return FORMAT;
    }

    @Override
    public SortedMap<Integer, byte[]> changedPages() {
        return new TreeMap<>();
    }

    @Override
    public void restore(int usedNow, int next, SortedMap<Integer, byte[]> pages) {
        used = usedNow;
        for (int first = 0; first < used; first += ROWS_AT_ONCE) {
            upload(first, Math.min(ROWS_AT_ONCE, used - first));
        }
    }

    @Override
    public void close() {
        matrix.close();
    }
}
