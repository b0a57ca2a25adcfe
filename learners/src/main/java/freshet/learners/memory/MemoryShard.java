package freshet.learners.memory;

import freshet.learners.Measurement;
import freshet.learners.tensor.TensorEngine;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One virtual shard of the memory: nearest keys and hashed contexts. Texts must come in the
 * stream's single order. Owns native memory until closed; not thread-safe.
 */
public final class MemoryShard implements AutoCloseable {

    /** Pages of the contexts are numbered from here on, those of the neighbours below. */
    private static final int FIRST_CONTEXT_PAGE = 1 << 20;

    private final NeighbourShard neighbours;
    private final ContextShard contexts;

    public MemoryShard(int shard, MemoryConfig config, TensorEngine engine, VocabularyTree tree) {
        neighbours = new NeighbourShard(shard, config, engine);
        contexts = new ContextShard(shard, config.shards(), config.contextSlotsLog2(), tree);
    }

    /**
     * Answers from what was memorised before the text, and then memorises this shard's share.
     *
     * @param search new, or left by other shards that were asked for the same text
     */
    public MemoryAnswer answerThenInsert(TextSearch search) {
        NeighbourLists lists = neighbours.searchThenInsert(search);
        List<Measurement> points = neighbours.measure();
        return new MemoryAnswer(lists, contexts.answerThenInsert(search.text()), points);
    }

    /** Pages changed since the last call, so that a checkpoint rewrites only those. */
    public SortedMap<Integer, byte[]> changedPages() {
        SortedMap<Integer, byte[]> pages = neighbours.changedPages();
        contexts.changedPages()
                .forEach((page, bytes) -> pages.put(FIRST_CONTEXT_PAGE + page, bytes));
        return pages;
    }

    /**
     * Continues from all pages ever changed.
     *
     * @throws IllegalArgumentException if they are of another shard or configuration
     */
    public void restore(SortedMap<Integer, byte[]> pages) {
        neighbours.restore(pages.headMap(FIRST_CONTEXT_PAGE));
        SortedMap<Integer, byte[]> contextPages = new TreeMap<>();
        pages.tailMap(FIRST_CONTEXT_PAGE)
                .forEach((page, bytes) -> contextPages.put(page - FIRST_CONTEXT_PAGE, bytes));
        contexts.restore(contextPages);
    }

    @Override
    public void close() {
        neighbours.close();
    }
}
