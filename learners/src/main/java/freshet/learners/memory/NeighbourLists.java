package freshet.learners.memory;

/**
 * The nearest memorised keys of each position, nearest first; ties by position, oldest first.
 *
 * @param rows positions asked, n + 1 for a text of n tokens
 * @param k places per row; unused ones hold token -1 and an infinite distance
 * @param tokens {@code [rows, k]} the token that followed the key
 * @param squaredDistances {@code [rows, k]} squared Euclidean, recomputed exactly
 * @param positions {@code [rows, k]} where in the memorised stream the key stood
 * @param modelVersions {@code [rows, k]} version of the model that made the key
 */
public record NeighbourLists(
        int rows,
        int k,
        int[] tokens,
        float[] squaredDistances,
        long[] positions,
        long[] modelVersions) {}
