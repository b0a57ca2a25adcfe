package freshet.benchmarks.memory;

import freshet.learners.memory.Distances;
import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.OnHeapHnswGraph;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * Lucene's HNSW graph on the heap, its documents and files left out. It has no delete: a forgotten
 * key is not answered but stays a stepping stone until the whole graph is dropped.
 */
final class LuceneIndex implements VectorIndex {

    private static final long SEED = 42;

    private final MemoryKeys keys;
    private final int first;
    private final HnswGraphBuilder builder;
    private int deletedTo;

    /**
     * @param first number of the first key that will be inserted
     * @param degree M, links of a node on the upper layers; twice as many on the lowest
     * @param beam candidates kept while a place is looked for
     */
    LuceneIndex(MemoryKeys keys, int first, int degree, int beam) throws IOException {
        this.keys = keys;
        this.first = first;
        this.deletedTo = first;
        this.builder = HnswGraphBuilder.create(new Scores(), degree, beam, SEED);
    }

    @Override
    public void insert(int key) throws IOException {
        builder.addGraphNode(key - first);
    }

    @Override
    public void delete(int from, int to) {
        deletedTo = to;
    }

    @Override
    public int[] search(float[] query, int k, int beam) throws IOException {
        OnHeapHnswGraph graph = builder.getGraph();
        int dead = deletedTo - first;
        KnnCollector found =
                HnswGraphSearcher.search(
                        new Score(query, 0),
                        beam,
                        graph,
                        dead > 0 ? new Living(dead, graph.size()) : null,
                        Integer.MAX_VALUE);
        var best = found.topDocs().scoreDocs;
        int[] nearest = new int[Math.min(k, best.length)];
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = first + best[i].doc;
        }
        return nearest;
    }

    @Override
    public long indexBytes() {
        return builder.getGraph().ramBytesUsed();
    }

    @Override
    public void close() {
        // nothing native
    }

    private record Living(int dead, int length) implements Bits {
        @Override
        public boolean get(int node) {
            return node >= dead;
        }
    }

    private final class Scores implements RandomVectorScorerSupplier {
        @Override
        public RandomVectorScorer scorer(int node) {
            return new Score(keys.values(), (first + node) * keys.width());
        }

        @Override
        public RandomVectorScorerSupplier copy() {
            return this;
        }
    }

    /** The negative squared distance: nearer is more. */
    private final class Score implements RandomVectorScorer {
        private final float[] query;
        private final int at;

        Score(float[] query, int at) {
            this.query = query;
            this.at = at;
        }

        @Override
        public float score(int node) {
            int width = keys.width();
            return -Distances.squared(query, at, keys.values(), (first + node) * width, width);
        }

        @Override
        public int maxOrd() {
            return builder.getGraph().size();
        }
    }
}
