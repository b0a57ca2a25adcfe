package freshet.learners.tensor;

/**
 * What {@link KeyMatrix#nearest} found, nearest first. Which of several at equal distance are among
 * the last is not said.
 *
 * @param k rows found for each query
 * @param squaredDistances {@code [count, k]}, inexact
 * @param rows {@code [count, k]}
 */
public record NearestRows(int k, float[] squaredDistances, int[] rows) {

    /** Distances of so many rows at a time: with 256 queries they stay in the processor's cache. */
    public static final int BLOCK = 4096;

    /** Looks for them on the host, block by block. */
    static NearestRows amongAll(KeyMatrix matrix, float[] queries, int count, int rows, int k) {
        int wanted = Math.min(k, rows);
        if (wanted == 0 || count == 0) {
            return new NearestRows(wanted, new float[0], new int[0]);
        }
        var found = new SmallestDistances(count, wanted);
        for (int from = 0; from < rows; from += BLOCK) {
            int size = Math.min(BLOCK, rows - from);
            float[] distances = matrix.squaredDistances(queries, count, from, from + size);
            for (int query = 0; query < count; query++) {
                found.offer(query, distances, query * size, from, size);
            }
        }
        return found.sorted();
    }
}
