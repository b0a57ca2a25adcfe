package freshet.learners.memory;

import java.util.SortedMap;

/**
 * Where one shard looks for those of its keys that may be nearest to one asked. What it offers is
 * measured exactly, so it decides what is found and never how far away it is.
 */
interface KeyIndex extends AutoCloseable {

    /** Offers the stored keys that may be among the K nearest; rows of a text in their order. */
    void find(TextSearch search, int row, NearestKeys nearest);

    /** Takes in the key just written into a slot of the ring, in place of what was there. */
    void insert(int slot);

    /** Keys that can be found. */
    int size();

    /** Version of the format of the shard's pages. */
    int format();

    /** Its own pages that changed since the last call, numbered from 0. */
    SortedMap<Integer, byte[]> changedPages();

    /**
     * Continues with the keys that are in the ring now.
     *
     * @param used slots that hold keys, from slot 0
     * @param next slot that will be written next
     * @param pages its own pages, as last changed; empty if another kind of index wrote the shard's
     */
    void restore(int used, int next, SortedMap<Integer, byte[]> pages);

    @Override
    void close();
}
