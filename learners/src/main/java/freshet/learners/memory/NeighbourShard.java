package freshet.learners.memory;

import freshet.learners.Measurement;
import freshet.learners.tensor.TensorEngine;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One virtual shard of the memory of (key, next token).
 *
 * <p>Source: Khandelwal et al., "Generalization through Memorization", ICLR 2020
 * (arXiv:1911.00172): key of a position is the input of the last feed-forward network, value the
 * next token. Differs in that the memory grows with the stream, and that distances of the keys
 * returned are recomputed in double, so that a list does not depend on how they were looked for,
 * nor, if the search is exact, on the number of shards.
 *
 * <p>A key belongs to the shard {@code position % shards}. Bounded: a ring of {@code capacity /
 * shards} keys, the oldest overwritten.
 */
final class NeighbourShard implements AutoCloseable {

    private static final int FORMAT_OF_KEYS_ALONE = 2;

    /** Candidates taken beyond K by the inexact distances, so that a second look is rare. */
    private static final int MARGIN = 8;

    private static final int PAGE_KEYS = 96; // 96 keys of 128 floats and 20 bytes: 51 KB

    /** Pages of the index are numbered from here on, those of the keys below. */
    private static final int FIRST_INDEX_PAGE = 1 << 19;

    private final int shard;
    private final MemoryConfig config;
    private final int capacity;
    private final int width;
    private final float[] keys; // [capacity, D], to recompute distances and to checkpoint
    private final int[] tokens;
    private final long[] positions;
    private final long[] modelVersions;
    private final KeyIndex index;
    private final BitSet dirtyPages = new BitSet();
    private int used;
    private int next;
    private long insertions;

    NeighbourShard(int shard, MemoryConfig config, TensorEngine engine) {
        this.shard = shard;
        this.config = config;
        this.capacity = config.capacityOfShard();
        this.width = config.keyWidth();
        this.keys = new float[capacity * width];
        this.tokens = new int[capacity];
        this.positions = new long[capacity];
        this.modelVersions = new long[capacity];
        var stored = new NearestKeys.Stored(keys, positions);
        this.index =
                switch (config.search()) {
                    case EXACT -> new ExactKeyIndex(stored, width, engine);
                    case APPROXIMATE -> new GraphKeyIndex(stored, config);
                };
    }

    /**
     * Answers every position of the text from what was memorised before it, and then memorises this
     * shard's share: of the text's own keys, position i sees those at rows below i.
     */
    NeighbourLists searchThenInsert(TextSearch search) {
        MemoryRecord record = search.text();
        NeighbourLists lists = NeighbourLists.empty(search.rows(), config.neighbours());
        var nearest = new NearestKeys(config.neighbours(), MARGIN);
        for (int row = 0; row < search.rows(); row++) {
            nearest.clear();
            index.find(search, row, nearest);
            if (record.memorise()) {
                offerOwn(search, row, nearest);
            }
            nearest.write(lists, row, this, record);
            search.found(row, lists);
        }
        if (record.memorise()) {
            insert(record);
        }
        return lists;
    }

    /** Offers this text's earlier keys of this shard, numbered from {@code capacity} on. */
    private void offerOwn(TextSearch search, int row, NearestKeys nearest) {
        MemoryRecord record = search.text();
        for (int own = firstOwn(record); own < row; own += config.shards()) {
            double distance = search.squaredDistance(row, record.keys(), own);
            if ((float) distance <= search.reach(row)) {
                nearest.offerExact(capacity + own, distance, record.firstPosition() + own);
            }
        }
    }

    /** First row of the text whose key belongs to this shard. */
    private int firstOwn(MemoryRecord record) {
        return Math.floorMod(shard - record.firstPosition(), config.shards());
    }

    private void insert(MemoryRecord record) {
        for (int own = firstOwn(record); own < record.tokens().length; own += config.shards()) {
            System.arraycopy(record.keys(), own * width, keys, next * width, width);
            tokens[next] = record.tokens()[own];
            positions[next] = record.firstPosition() + own;
            modelVersions[next] = record.modelVersion();
            index.insert(next);
            dirtyPages.set(next / PAGE_KEYS);
            next = (next + 1) % capacity;
            used = Math.min(used + 1, capacity);
            insertions++;
        }
    }

    int token(int candidate, MemoryRecord record) {
        return candidate < capacity ? tokens[candidate] : record.tokens()[candidate - capacity];
    }

    long position(int candidate, MemoryRecord record) {
        return candidate < capacity
                ? positions[candidate]
                : record.firstPosition() + candidate - capacity;
    }

    long modelVersion(int candidate, MemoryRecord record) {
        return candidate < capacity ? modelVersions[candidate] : record.modelVersion();
    }

    List<Measurement> measure() {
        return List.of(
                Measurement.of("memoryKeys", index.size()),
                Measurement.of("memoryEvictions", (double) (insertions - index.size())));
    }

    /**
     * Pages changed since the last call; page 0 is the header (format, shard, shards, capacity,
     * width, slots used, next slot, insertions), page 1 + i holds keys, those from {@link
     * #FIRST_INDEX_PAGE} are the index's.
     */
    SortedMap<Integer, byte[]> changedPages() {
        SortedMap<Integer, byte[]> pages = new TreeMap<>();
        pages.put(
                0,
                ByteBuffer.allocate(7 * Integer.BYTES + Long.BYTES)
                        .putInt(index.format())
                        .putInt(shard)
                        .putInt(config.shards())
                        .putInt(capacity)
                        .putInt(width)
                        .putInt(used)
                        .putInt(next)
                        .putLong(insertions)
                        .array());
        for (int page = dirtyPages.nextSetBit(0);
                page >= 0;
                page = dirtyPages.nextSetBit(page + 1)) {
            int first = page * PAGE_KEYS;
            int count = Math.min(PAGE_KEYS, capacity - first);
            ByteBuffer bytes = ByteBuffer.allocate(count * (Float.BYTES * width + 20));
            for (int i = first; i < first + count; i++) {
                for (int d = 0; d < width; d++) {
                    bytes.putFloat(keys[i * width + d]);
                }
                bytes.putInt(tokens[i]).putLong(positions[i]).putLong(modelVersions[i]);
            }
            pages.put(1 + page, bytes.array());
        }
        dirtyPages.clear();
        index.changedPages().forEach((page, bytes) -> pages.put(FIRST_INDEX_PAGE + page, bytes));
        return pages;
    }

    /**
     * Continues from all pages ever changed, by whichever kind of index.
     *
     * @throws IllegalArgumentException if they are of another format, shard or other sizes
     */
    void restore(SortedMap<Integer, byte[]> pages) {
        ByteBuffer header = ByteBuffer.wrap(pages.getOrDefault(0, new byte[Integer.BYTES]));
        int format = header.getInt();
        if (format != FORMAT_OF_KEYS_ALONE && format != GraphKeyIndex.FORMAT) {
            throw new IllegalArgumentException(
                    "pages of memory shard %d are in format %d, this build reads %d and %d"
                            .formatted(shard, format, FORMAT_OF_KEYS_ALONE, GraphKeyIndex.FORMAT));
        }
        String was = sizes(header.getInt(), header.getInt(), header.getInt(), header.getInt());
        String now = sizes(shard, config.shards(), capacity, width);
        if (!was.equals(now)) {
            throw new IllegalArgumentException(
                    "the memory is %s, its state %s (memory.capacity, memory.shards, model.width)"
                            .formatted(now, was));
        }
        used = header.getInt();
        next = header.getInt();
        insertions = header.getLong();
        for (var page : pages.subMap(1, FIRST_INDEX_PAGE).entrySet()) {
            int first = (page.getKey() - 1) * PAGE_KEYS;
            int count = Math.min(PAGE_KEYS, capacity - first);
            ByteBuffer bytes = ByteBuffer.wrap(page.getValue());
            for (int i = first; i < first + count; i++) {
                for (int d = 0; d < width; d++) {
                    keys[i * width + d] = bytes.getFloat();
                }
                tokens[i] = bytes.getInt();
                positions[i] = bytes.getLong();
                modelVersions[i] = bytes.getLong();
            }
        }
        // Older graphs may lie beside keys that were written by a search without.
        index.restore(used, next, format == index.format() ? indexPages(pages) : new TreeMap<>());
        dirtyPages.clear();
    }

    private static SortedMap<Integer, byte[]> indexPages(SortedMap<Integer, byte[]> pages) {
        SortedMap<Integer, byte[]> own = new TreeMap<>();
        pages.tailMap(FIRST_INDEX_PAGE)
                .forEach((page, bytes) -> own.put(page - FIRST_INDEX_PAGE, bytes));
        return own;
    }

    private static String sizes(int shard, int shards, int capacity, int width) {
        return "shard %d of %d with %d keys of %d floats".formatted(shard, shards, capacity, width);
    }

    @Override
    public void close() {
        index.close();
    }
}
