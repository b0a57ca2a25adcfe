package freshet.learners.memory;

/**
 * The contexts in which the next token is looked up, as hashes of at most {@link #REACH} tokens
 * before it, so that how a stream is cut into records changes nothing.
 *
 * <p>Dense contexts keep a probability per node of the vocabulary tree; sparse ones keep the few
 * tokens that followed. The first {@link #CHAIN} sparse contexts are the last 2, 3, 4, ... 32
 * tokens: the longest of them that has an entry is the longest match.
 */
final class ContextHashes {

    static final int REACH = 32;
    static final int DENSE = 9;
    static final int[] CHAIN_LENGTHS = {2, 3, 4, 5, 6, 8, 12, 16, 24, 32};
    static final int CHAIN = CHAIN_LENGTHS.length;
    static final int SPARSE = CHAIN + 4;
    static final int COUNT = DENSE + SPARSE;

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    /** Hash of each context, dense first; 0 if the position has too few tokens before it. */
    final long[] hash = new long[COUNT];

    /** What decides which shard a context belongs to: long contexts go with their last three. */
    final long[] owner = new long[COUNT];

    private final VocabularyTree tree;

    ContextHashes(VocabularyTree tree) {
        this.tree = tree;
    }

    /** Computes all contexts of the token at {@code position} of {@code history}. */
    void at(int[] history, int position) {
        int reach = Math.min(REACH, position);
        int t1 = reach > 0 ? history[position - 1] + 1 : 0;
        int t2 = reach > 1 ? history[position - 2] + 1 : 0;
        int t3 = reach > 2 ? history[position - 3] + 1 : 0;
        long h1 = add(1, t1);
        long h2 = add(h1, t2);
        long h3 = add(h2, t3);

        // Words without regard to case or to where lines break.
        long words1 = 0;
        long words2 = 0;
        long words3 = 0;
        int seen = 0;
        for (int back = 1; back <= reach && seen < 3; back++) {
            int token = history[position - back];
            if (tree.breaksLine(token)) {
                continue;
            }
            int word = tree.canonical(token) + 1;
            seen++;
            words1 = seen == 1 ? add(t1 != 0 && tree.breaksLine(t1 - 1) ? 7 : 5, word) : words1;
            words2 = seen == 2 ? add(words1, word) : words2;
            words3 = seen == 3 ? add(words2, word) : words3;
        }
        int column = column(tree, history, position);

        set(0, finish(0x1234567));
        set(1, reach > 0 ? finish(h1) : 0);
        set(2, reach > 1 ? finish(h2) : 0);
        set(3, reach > 2 ? finish(h3) : 0);
        set(4, seen > 1 ? finish(words2) : 0);
        set(5, finish(add(11, column)));
        set(6, reach > 1 ? finish(add(13, t2)) : 0);
        set(7, reach > 0 ? finish(add(add(17, column / 4), t1)) : 0);

        set(8, seen > 0 ? finish(words1) : 0);

        long ownerOfLong = reach > 2 ? finish(h3) : 0;
        long h = 23;
        int link = 0;
        for (int back = 1; back <= reach && link < CHAIN; back++) {
            h = add(h, history[position - back] + 1);
            if (back == CHAIN_LENGTHS[link]) {
                hash[DENSE + link] = finish(h);
                owner[DENSE + link] = back > 2 ? ownerOfLong : hash[DENSE + link];
                link++;
            }
        }
        for (; link < CHAIN; link++) {
            hash[DENSE + link] = 0;
        }
        set(DENSE + CHAIN, seen > 2 ? finish(words3) : 0);
        set(DENSE + CHAIN + 1, reach > 2 ? finish(add(add(29, t2), t3)) : 0);
        set(DENSE + CHAIN + 2, reach > 2 ? finish(add(add(31, t1), t3)) : 0);
        set(DENSE + CHAIN + 3, seen > 1 ? finish(add(words2, 37)) : 0);
    }

    /** Bytes since the line began, 127 if further back than {@link #REACH} tokens or 126 bytes. */
    static int column(VocabularyTree tree, int[] history, int position) {
        int column = 0;
        for (int back = 1; back <= Math.min(REACH, position); back++) {
            int token = history[position - back];
            if (tree.breaksLine(token)) {
                return Math.min(column, 126);
            }
            column += tree.length(token);
        }
        return 127;
    }

    private void set(int context, long value) {
        hash[context] = value;
        owner[context] = value;
    }

    private static long add(long hash, int token) {
        return (hash ^ token) * MULTIPLIER + (hash >>> 29);
    }

    private static long finish(long hash) {
        long h = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        h ^= h >>> 32;
        return h == 0 ? 1 : h;
    }
}
