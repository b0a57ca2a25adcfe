package freshet.learners.memory;

import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * What the graph of a generation goes by: squared distances in single precision, negated, as Lucene
 * takes more for nearer. By {@link Distances}, where Lucene's own would differ between processors:
 * a graph grown again elsewhere must be the same.
 */
final class GraphDistances implements RandomVectorScorerSupplier {

    private final float[] keys; // [capacity, D]
    private final int first;
    private final int count;
    private final int width;

    /**
     * @param keys {@code [capacity, D]} of the shard; read as they are when asked
     * @param first slot of node 0
     * @param count slots of the generation
     */
    GraphDistances(float[] keys, int first, int count, int width) {
        this.keys = keys;
        this.first = first;
        this.count = count;
        this.width = width;
    }

    @Override
    public RandomVectorScorer scorer(int node) {
        return from(keys, (first + node) * width);
    }

    /** From the key at {@code at} of an array. */
    RandomVectorScorer from(float[] asked, int at) {
        return new RandomVectorScorer() {
            @Override
            public float score(int node) {
                return -Distances.squared(asked, at, keys, (first + node) * width, width);
            }

            @Override
            public int maxOrd() {
                return count;
            }
        };
    }

    @Override
    public RandomVectorScorerSupplier copy() {
        return this;
    }
}
