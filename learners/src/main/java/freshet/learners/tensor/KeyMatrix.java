package freshet.learners.tensor;

/**
 * Rows of keys kept on an engine for exact search by matrix product. Owns native memory until
 * closed; not thread-safe.
 */
public interface KeyMatrix extends AutoCloseable {

    int capacity();

    int width();

    /** Overwrites {@code count} rows from {@code firstRow}; {@code keys} is {@code [count, D]}. */
    void set(int firstRow, float[] keys, int count);

    /**
     * Squared Euclidean distances of each query to the rows [from, to), by {@code |q|^2 + |k|^2 - 2
     * q.k}: good to a relative 1e-5, so recompute those that matter.
     *
     * @param queries {@code [count, D]}
     * @return {@code [count, to - from]}
     */
    float[] squaredDistances(float[] queries, int count, int from, int to);

    /**
     * The rows nearest to each query, by these distances.
     *
     * @param queries {@code [count, D]}
     * @param rows of which the nearest are looked for: [0, rows)
     * @param k how many, from 0; all rows if there are fewer
     */
    default NearestRows nearest(float[] queries, int count, int rows, int k) {
        return NearestRows.amongAll(this, queries, count, rows, k);
    }

    @Override
    void close();
}
