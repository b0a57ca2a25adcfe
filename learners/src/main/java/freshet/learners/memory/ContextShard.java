package freshet.learners.memory;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One virtual shard of the n-gram and longest-match expert: two bounded tables of hashed contexts,
 * of which it holds those that fall to it. The answers of all shards together equal those of one
 * shard that holds everything, as long as nothing had to be evicted.
 *
 * <p>A slot is 8 bytes: a check of 16 bits and 48 of content ({@link DenseSlot}, {@link
 * SparseSlot}). A full bucket of four gives up the slot that was seen least.
 */
public final class ContextShard {

    /** All shards together take 2^22 slots of 8 bytes: 32 MiB. */
    public static final int DEFAULT_SLOTS_LOG2 = 22;

    private static final int FORMAT = 2;
    private static final int PAGE_SLOTS = 8192;
    private static final int BUCKET = 4;
    private static final long CONTENT = (1L << 48) - 1;

    /** Longer contexts are entered only once the next shorter one has come back. */
    private static final int FIRST_LAZY = 4;

    private final int shard;
    private final int shards;
    private final int slotsLog2;
    private final VocabularyTree tree;
    private final SparseSlot sparseSlot;
    private final ContextHashes hashes;
    private final long[] slots;
    private final int half;
    private final BitSet changed = new BitSet();

    /**
     * @param shard this shard, in {@code [0, shards)}
     * @param slotsLog2 base-2 logarithm of the slots of all shards together
     */
    public ContextShard(int shard, int shards, int slotsLog2, VocabularyTree tree) {
        if (shard < 0 || shard >= shards || slotsLog2 < 4 || slotsLog2 > 30) {
            throw new IllegalArgumentException(
                    "shard %d of %d with 2^%d slots".formatted(shard, shards, slotsLog2));
        }
        this.shard = shard;
        this.shards = shards;
        this.slotsLog2 = slotsLog2;
        this.tree = tree;
        this.sparseSlot = new SparseSlot(tree.size());
        this.hashes = new ContextHashes(tree);
        this.half = Math.max(BUCKET, (1 << slotsLog2) / shards / 2 / BUCKET * BUCKET);
        this.slots = new long[2 * half];
    }

    /** Answers each position from what came before it, then memorises its token if asked to. */
    public ContextAnswer answerThenInsert(MemoryRecord text) {
        var answer = ContextAnswer.empty(tree, text.tokens(), text.candidates());
        int before = text.context().length;
        int[] history = Arrays.copyOf(text.context(), before + text.tokens().length);
        System.arraycopy(text.tokens(), 0, history, before, text.tokens().length);
        for (int row = 0; row < answer.rows; row++) {
            hashes.at(history, before + row);
            boolean token = row < text.tokens().length;
            dense(answer, row, token ? tree.path(text.tokens()[row]) : null, text);
            sparse(answer, row, token ? text.tokens()[row] : -1, text.memorise());
        }
        return answer;
    }

    private void dense(ContextAnswer answer, int row, int[] path, MemoryRecord text) {
        int[] nodes = path == null ? tree.nodes(text.candidates()) : path;
        for (int context = 0; context < ContextHashes.DENSE; context++) {
            if (!owns(context)) {
                continue;
            }
            for (int i = 0; i < nodes.length; i++) {
                int node = path == null ? nodes[i] : nodes[i] >> 1;
                long hash = mix(hashes.hash[context] + node * 0x9E3779B97F4A7C15L, context);
                int at = find(0, hash);
                answer.dense[(answer.start[row] + i) * ContextHashes.DENSE + context] =
                        at < 0 ? 0 : slots[at] & CONTENT;
                if (path != null && text.memorise()) {
                    at = at < 0 ? evict(0, hash, true) : at;
                    put(at, hash, DenseSlot.update(slots[at] & CONTENT, nodes[i] & 1));
                }
            }
        }
    }

    private void sparse(ContextAnswer answer, int row, int token, boolean memorise) {
        boolean shorterKnown = true;
        for (int i = 0; i < ContextHashes.SPARSE; i++) {
            int context = ContextHashes.DENSE + i;
            if (!owns(context)) {
                continue;
            }
            long hash = mix(hashes.hash[context], context);
            int at = find(half, hash);
            answer.sparse[row * ContextHashes.SPARSE + i] = at < 0 ? 0 : slots[at] & CONTENT;
            boolean lazy = i >= FIRST_LAZY && i < ContextHashes.CHAIN;
            if (token >= 0 && memorise && (at >= 0 || shorterKnown || !lazy)) {
                shorterKnown = at >= 0;
                at = at < 0 ? evict(half, hash, false) : at;
                put(at, hash, sparseSlot.update(slots[at] & CONTENT, token));
            } else {
                shorterKnown = at >= 0;
            }
        }
    }

    private boolean owns(int context) {
        return hashes.hash[context] != 0
                && Long.remainderUnsigned(hashes.owner[context] >>> 8, shards) == shard;
    }

    private static long mix(long hash, int context) {
        long h = (hash + context * 0x632BE59BD9B4E019L) * 0xFF51AFD7ED558CCDL;
        h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return h ^ (h >>> 33);
    }

    private static long check(long hash) {
        return (hash & 0xffff) == 0 ? 1 : hash & 0xffff;
    }

    private int bucket(int from, long hash) {
        return from + BUCKET * (int) ((hash >>> 32) * (half / BUCKET) >>> 32);
    }

    private int find(int from, long hash) {
        int first = bucket(from, hash);
        long check = check(hash);
        for (int i = first; i < first + BUCKET; i++) {
            if (slots[i] >>> 48 == check) {
                return i;
            }
        }
        return -1;
    }

    private int evict(int from, long hash, boolean dense) {
        int first = bucket(from, hash);
        int least = first;
        int leastSeen = Integer.MAX_VALUE;
        for (int i = first; i < first + BUCKET; i++) {
            int seen = dense ? DenseSlot.count(slots[i]) : sparseSlot.total(slots[i]);
            if (seen < leastSeen) {
                least = i;
                leastSeen = seen;
            }
        }
        slots[least] = 0;
        return least;
    }

    private void put(int at, long hash, long content) {
        slots[at] = check(hash) << 48 | content;
        changed.set(at / PAGE_SLOTS);
    }

    /**
     * Pages of 64 KiB that changed since the last call, numbered from 1, and as page 0 the header:
     * format, shard, shards, slotsLog2, vocabulary, each an int.
     */
    public SortedMap<Integer, byte[]> changedPages() {
        var pages = new TreeMap<Integer, byte[]>();
        pages.put(0, header());
        changed.stream()
                .forEach(
                        page -> {
                            int from = page * PAGE_SLOTS;
                            int length = Math.min(PAGE_SLOTS, slots.length - from);
                            var bytes = ByteBuffer.allocate(length * Long.BYTES);
                            bytes.asLongBuffer().put(slots, from, length);
                            pages.put(page + 1, bytes.array());
                        });
        changed.clear();
        return pages;
    }

    /**
     * Continues from all pages ever returned, the newest of each; pages never returned are empty.
     *
     * @throws IllegalArgumentException if the pages are of another format, shard or size
     */
    public void restore(SortedMap<Integer, byte[]> pages) {
        if (!Arrays.equals(pages.get(0), header())) {
            throw new IllegalArgumentException(
                    "these pages are not of format %d, shard %d of %d with 2^%d slots over %d tokens"
                            .formatted(FORMAT, shard, shards, slotsLog2, tree.size()));
        }
        Arrays.fill(slots, 0);
        changed.clear();
        pages.forEach(
                (page, bytes) -> {
                    if (page > 0) {
                        LongBuffer longs = ByteBuffer.wrap(bytes).asLongBuffer();
                        longs.get(slots, (page - 1) * PAGE_SLOTS, longs.remaining());
                    }
                });
    }

    private byte[] header() {
        return ByteBuffer.allocate(5 * Integer.BYTES)
                .putInt(FORMAT)
                .putInt(shard)
                .putInt(shards)
                .putInt(slotsLog2)
                .putInt(tree.size())
                .array();
    }
}
