package freshet.benchmarks.memory;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/** JVector's graph on the heap, with hierarchy; deleted nodes are taken out of it. */
final class JVectorIndex implements VectorIndex {

    private static final VectorTypeSupport VECTORS =
            VectorizationProvider.getInstance().getVectorTypeSupport();
    private static final float NEIGHBOUR_OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;

    private final MemoryKeys keys;
    private final int first;
    private final List<VectorFloat<?>> vectors = new ArrayList<>();
    private final ListRandomAccessVectorValues values;
    private final ForkJoinPool thread = new ForkJoinPool(1);
    private final GraphIndexBuilder builder;
    private final GraphSearcher searcher;

    /**
     * @param first number of the first key that will be inserted
     * @param degree links of a node
     * @param beam candidates kept while a place is looked for
     */
    JVectorIndex(MemoryKeys keys, int first, int degree, int beam) {
        this.keys = keys;
        this.first = first;
        this.values = new ListRandomAccessVectorValues(vectors, keys.width());
        this.builder =
                GraphIndexBuilder.builder(
                                BuildScoreProvider.randomAccessScoreProvider(
                                        values, VectorSimilarityFunction.EUCLIDEAN),
                                keys.width(),
                                degree)
                        .withBeamWidth(beam)
                        .withNeighborOverflow(NEIGHBOUR_OVERFLOW)
                        .withAlpha(ALPHA)
                        .withSimdExecutor(thread)
                        .withParallelExecutor(thread)
                        .build();
        this.searcher = new GraphSearcher(builder.getGraph());
    }

    @Override
    public void insert(int key) {
        VectorFloat<?> vector = VECTORS.createFloatVector(keys.key(key));
        vectors.add(vector);
        builder.addGraphNode(key - first, vector);
    }

    @Override
    public void delete(int from, int to) {
        for (int key = from; key < to; key++) {
            builder.markNodeDeleted(key - first);
        }
        builder.removeDeletedNodes();
    }

    @Override
    public int[] search(float[] query, int k, int beam) {
        searcher.setView(builder.getGraph().getView());
        SearchResult found =
                searcher.search(
                        DefaultSearchScoreProvider.exact(
                                VECTORS.createFloatVector(query),
                                VectorSimilarityFunction.EUCLIDEAN,
                                values),
                        k,
                        beam,
                        0,
                        0,
                        Bits.ALL);
        int[] nearest = new int[found.getNodes().length];
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = first + found.getNodes()[i].node;
        }
        return nearest;
    }

    @Override
    public long indexBytes() {
        return builder.getGraph().ramBytesUsed();
    }

    @Override
    public void close() {
        try {
            searcher.close();
            builder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.shutdown();
    }
}
