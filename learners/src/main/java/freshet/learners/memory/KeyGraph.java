package freshet.learners.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;

/**
 * The graph over one generation of keys: grows key by key, then stays as it is. The same keys in
 * the same order give the same graph: one thread, a fixed seed, and nothing is deleted.
 *
 * <p>Source: Malkov, Yashunin, "Efficient and robust approximate nearest neighbor search using
 * Hierarchical Navigable Small World graphs" (arXiv:1603.09320), as Lucene implements it.
 */
final class KeyGraph {

    /** M: most links of a node on the upper layers; twice as many on the lowest. */
    static final int LINKS = 16;

    /** Nodes kept while a new one's place is looked for. */
    static final int INSERT_BEAM = 100;

    private static final long SEED = 42;

    private final GraphDistances distances;
    private final int capacity;
    private HnswGraphBuilder growing; // null once complete
    private StoredGraph complete; // null while growing

    KeyGraph(GraphDistances distances, int capacity) {
        this.distances = distances;
        this.capacity = capacity;
        try {
            growing = HnswGraphBuilder.create(distances, LINKS, INSERT_BEAM, SEED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    KeyGraph(GraphDistances distances, StoredGraph complete) {
        this.distances = distances;
        this.capacity = complete.size();
        this.complete = complete;
    }

    private HnswGraph graph() {
        return complete == null ? growing.getGraph() : complete;
    }

    int size() {
        return graph().size();
    }

    boolean isComplete() {
        return complete != null;
    }

    /** Null while it grows. */
    StoredGraph stored() {
        return complete;
    }

    /**
     * Takes in the next node; the last one completes the graph, which links parts that had none.
     */
    void add() {
        try {
            growing.addGraphNode(growing.getGraph().size());
            if (growing.getGraph().size() == capacity) {
                complete = StoredGraph.of(growing.getCompletedGraph());
                growing = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Nodes that it takes for the nearest to the key at {@code at} of {@code asked}.
     *
     * @param beam how many, at most, and how many are kept on the way
     */
    ScoreDoc[] search(float[] asked, int at, int beam) {
        KnnCollector found = new TopKnnCollector(beam, Integer.MAX_VALUE);
        try {
            HnswGraphSearcher.search(distances.from(asked, at), found, graph(), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.topDocs().scoreDocs;
    }
}
