package freshet.learners.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.search.ScoreDoc;

/**
 * Keys along graphs: the ring is cut into generations of slots, each with a graph of its own. The
 * first key of a generation drops the graph that was there, so nothing is ever deleted from one.
 *
 * <p>Pages hold the complete graphs, written once each. One that grows is grown again from its keys
 * after a restart, at most {@code capacity / GENERATIONS} of them; the same keys in the same order
 * give the same graph. A shard that another kind of index wrote has no graphs: all are grown.
 *
 * <p>Bounded: a graph has at most twice {@link KeyGraph#LINKS} links a key, and some on the upper
 * layers.
 */
final class GraphKeyIndex implements KeyIndex {

    /** More of them hold more of the capacity at all times, and each costs a search. */
    static final int GENERATIONS = 2;

    /** Candidates for each of the K neighbours, in all shards together. */
    private static final int CANDIDATES = 2;

    /** Fewer than so many lose their way in a graph. */
    private static final int LEAST_BEAM = 8;

    /** Of the shard's pages: keys as in format 2, and graphs. */
    static final int FORMAT = 3;

    private static final int PAGE_BYTES = 1 << 20;
    private static final int PAGES_OF_GENERATION = 1 << 12;

    private final NearestKeys.Stored stored;
    private final int capacity;
    private final int width;
    private final int slots; // of a generation; the last may have fewer
    private final int beam; // candidates that a graph gives, and keeps on the way
    private final KeyGraph[] graphs; // null: no key of it yet
    private final BitSet unsaved = new BitSet(); // generations completed since the last pages

    GraphKeyIndex(NearestKeys.Stored stored, MemoryConfig config) {
        this.stored = stored;
        this.capacity = config.capacityOfShard();
        this.width = config.keyWidth();
        this.slots = (capacity + GENERATIONS - 1) / GENERATIONS;
        int share = (CANDIDATES * config.neighbours() + config.shards() - 1) / config.shards();
        this.beam = Math.max(LEAST_BEAM, share);
        this.graphs = new KeyGraph[GENERATIONS];
    }

    @Override
    public void find(TextSearch search, int row, NearestKeys nearest) {
        for (int generation = 0; generation < GENERATIONS; generation++) {
            if (graphs[generation] != null) {
                float[] asked = search.text().keys();
                for (ScoreDoc found : graphs[generation].search(asked, row * width, beam)) {
                    nearest.offerStored(search, row, generation * slots + found.doc, stored);
                }
            }
        }
    }

    @Override
    public void insert(int slot) {
        int generation = slot / slots;
        if (slot % slots == 0) {
            graphs[generation] = new KeyGraph(distances(generation), length(generation));
        }
        graphs[generation].add();
        if (graphs[generation].isComplete()) {
            unsaved.set(generation);
        }
    }

    private GraphDistances distances(int generation) {
        return new GraphDistances(stored.keys(), generation * slots, length(generation), width);
    }

    private int length(int generation) {
        return Math.min(slots, capacity - generation * slots);
    }

    @Override
    public int size() {
        return Arrays.stream(graphs).mapToInt(graph -> graph == null ? 0 : graph.size()).sum();
    }

    @Override
    public int format() {
        return FORMAT;
    }

    @Override
    public SortedMap<Integer, byte[]> changedPages() {
        SortedMap<Integer, byte[]> pages = new TreeMap<>();
        for (int generation = unsaved.nextSetBit(0);
                generation >= 0;
                generation = unsaved.nextSetBit(generation + 1)) {
            if (graphs[generation].isComplete()) { // or another has begun in its place
                byte[] bytes = graphs[generation].stored().toBytes();
                int page = generation * PAGES_OF_GENERATION;
                for (int from = 0; from < bytes.length; from += PAGE_BYTES) {
                    int to = Math.min(bytes.length, from + PAGE_BYTES);
                    pages.put(page++, Arrays.copyOfRange(bytes, from, to));
                }
            }
        }
        unsaved.clear();
        return pages;
    }

    @Override
    public void restore(int used, int next, SortedMap<Integer, byte[]> pages) {
        unsaved.clear();
        for (int generation = 0; generation * slots < used; generation++) {
            int first = generation * slots;
            boolean growing = next > first && next < first + length(generation);
            int keys = growing ? next - first : length(generation);
            byte[] bytes = join(pages, generation);
            if (!growing && bytes.length > 0) {
                var graph = StoredGraph.read(ByteBuffer.wrap(bytes));
                graphs[generation] = new KeyGraph(distances(generation), graph);
            } else {
                for (int slot = first; slot < first + keys; slot++) {
                    insert(slot);
                }
            }
        }
    }

    /** The pages of a generation's newest complete graph, and of older ones what was longer. */
    private static byte[] join(SortedMap<Integer, byte[]> pages, int generation) {
        int first = generation * PAGES_OF_GENERATION;
        var own = pages.subMap(first, first + PAGES_OF_GENERATION);
        ByteBuffer joined =
                ByteBuffer.allocate(own.values().stream().mapToInt(page -> page.length).sum());
        own.values().forEach(joined::put);
        return joined.array();
    }

    @Override
    public void close() {
        // nothing native
    }
}
