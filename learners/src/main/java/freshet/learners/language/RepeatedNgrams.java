package freshet.learners.language;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of a text was learned word for word a short while ago: of its runs of twelve tokens, the
 * share that is in the newest windows. Prose has next to none of them, a list that is read from end
 * to end some; where nearly all come again, so does the text.
 *
 * <p>Bounded by the number of windows. Nothing of it is state: it follows from the replay store.
 */
final class RepeatedNgrams {

    static final int LENGTH = 12;

    private static final int WINDOWS = 256;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final int limit;
    private final Deque<long[]> newest = new ArrayDeque<>(); // n-grams of each window
    private final Map<Long, Integer> counts = new HashMap<>(); // in how many places each is

    /**
     * @param capacity windows that the replay store keeps
     */
    RepeatedNgrams(int capacity) {
        limit = Math.min(WINDOWS, capacity);
    }

    /** Forgets all and reads what the store has. */
    void read(ReplayStore store) {
        newest.clear();
        counts.clear();
        for (ReplayStore.Window window : store.newest(limit)) {
            add(window.sequence());
        }
    }

    void add(int[] sequence) {
        if (limit == 0) {
            return;
        }
        if (newest.size() == limit) {
            for (long one : newest.remove()) {
                counts.computeIfPresent(one, (ngram, count) -> count == 1 ? null : count - 1);
            }
        }
        long[] ngrams = ngrams(sequence);
        for (long one : ngrams) {
            counts.merge(one, 1, Integer::sum);
        }
        newest.add(ngrams);
    }

    /**
     * Share in [0, 1] of the n-grams of {@code tokens} that were added; NaN if there are too few
     * tokens for one.
     */
    double share(int[] tokens) {
        long[] ngrams = ngrams(tokens);
        int known = 0;
        for (long one : ngrams) {
            known += counts.containsKey(one) ? 1 : 0;
        }
        return ngrams.length == 0 ? Double.NaN : (double) known / ngrams.length;
    }

    /** Each as 64 bits that hardly ever are those of another. */
    private static long[] ngrams(int[] tokens) {
        long[] ngrams = new long[Math.max(0, tokens.length - LENGTH + 1)];
        for (int i = 0; i < ngrams.length; i++) {
            long mixed = 1;
            for (int j = i; j < i + LENGTH; j++) {
                mixed = mixed * MULTIPLIER + tokens[j] + 1;
            }
            ngrams[i] = mixed;
        }
        return ngrams;
    }
}
