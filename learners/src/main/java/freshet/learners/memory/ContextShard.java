package freshet.learners.memory;

import java.util.SortedMap;

/** One virtual shard of the n-gram and longest-match expert. */
public final class ContextShard {

    /** All shards together take 2^22 slots of 8 bytes: 32 MiB. */
    public static final int DEFAULT_SLOTS_LOG2 = 22;

    /**
     * @param shard this shard, in {@code [0, shards)}
     * @param slotsLog2 base-2 logarithm of the slots of all shards together
     */
    public ContextShard(int shard, int shards, int slotsLog2, VocabularyTree tree) {}

    /** Answers each position from what came before it, then memorises its token if asked to. */
    public ContextAnswer answerThenInsert(MemoryRecord text) {
        throw new UnsupportedOperationException("in work");
    }

    /** Pages of about 64 KiB that changed since the last call, and the header as page 0. */
    public SortedMap<Integer, byte[]> changedPages() {
        throw new UnsupportedOperationException("in work");
    }

    /** Continues from all pages ever returned, the newest of each. Missing pages are empty. */
    public void restore(SortedMap<Integer, byte[]> pages) {
        throw new UnsupportedOperationException("in work");
    }
}
