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
     * Squared Euclidean distances of each query to the rows [0, rows), by {@code |q|^2 + |k|^2 - 2
     * q.k}: good to a relative 1e-5, so recompute those that matter.
     *
     * @param queries {@code [count, D]}
     * @return {@code [count, rows]}
     */
    float[] squaredDistances(float[] queries, int count, int rows);

    @Override
    void close();
}
