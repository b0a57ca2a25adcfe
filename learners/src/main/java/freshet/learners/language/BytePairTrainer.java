package freshet.learners.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Learns the merges of a byte-pair vocabulary: always the most frequent pair, ties by smallest ids.
 */
public final class BytePairTrainer {

    private static final int BYTES = 256;

    private record Pair(int left, int right) {}

    private final List<int[]> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Pair, Long> pairCounts = new HashMap<>();
    private final Map<Pair, TreeSet<Integer>> wordsOfPair = new HashMap<>();

    private BytePairTrainer(byte[] text) {
        var distinct = new LinkedHashMap<ByteString, Long>();
        WordSplitter.split(
                text,
                (from, to) ->
                        distinct.merge(
                                new ByteString(Arrays.copyOfRange(text, from, to)), 1L, Long::sum));
        distinct.forEach(
                (word, count) -> {
                    int[] parts = new int[word.bytes().length];
                    for (int i = 0; i < parts.length; i++) {
                        parts[i] = word.bytes()[i] & 0xff;
                    }
                    words.add(parts);
                    counts.add(count);
                    add(words.size() - 1, 1);
                });
    }

    /**
     * Returns the entries from 256 on, in order of their merging.
     *
     * @param text what to learn from; never text that will be scored
     * @param vocabulary number of entries wanted, the 256 single bytes included
     */
    public static List<byte[]> train(byte[] text, int vocabulary) {
        var trainer = new BytePairTrainer(text);
        List<byte[]> entries = new ArrayList<>();
        for (int b = 0; b < BYTES; b++) {
            entries.add(new byte[] {(byte) b});
        }
        var known = new HashSet<ByteString>();
        while (entries.size() < vocabulary) {
            Pair best = trainer.mostFrequent();
            if (best == null) {
                throw new IllegalArgumentException(
                        "the text has pairs for %d entries only, %d are wanted"
                                .formatted(entries.size(), vocabulary));
            }
            ByteString entry = ByteString.join(entries.get(best.left()), entries.get(best.right()));
            if (known.add(entry)) {
                entries.add(entry.bytes());
            }
            trainer.merge(best, entries.size() - 1);
        }
        return entries.subList(BYTES, vocabulary);
    }

    private Pair mostFrequent() {
        Pair best = null;
        long most = 1;
        for (var entry : pairCounts.entrySet()) {
            Pair pair = entry.getKey();
            long count = entry.getValue();
            if (count > most || (count == most && best != null && isBefore(pair, best))) {
                best = pair;
                most = count;
            }
        }
        return best;
    }

    private static boolean isBefore(Pair one, Pair other) {
        return one.left() != other.left() ? one.left() < other.left() : one.right() < other.right();
    }

    private void merge(Pair pair, int id) {
        for (int word : new ArrayList<>(wordsOfPair.get(pair))) {
            add(word, -1);
            int[] parts = words.get(word);
            int[] merged = new int[parts.length];
            int length = 0;
            for (int i = 0; i < parts.length; i++) {
                boolean here =
                        i + 1 < parts.length
                                && parts[i] == pair.left()
                                && parts[i + 1] == pair.right();
                merged[length++] = here ? id : parts[i];
                i += here ? 1 : 0;
            }
            words.set(word, Arrays.copyOf(merged, length));
            add(word, 1);
        }
        pairCounts.remove(pair);
        wordsOfPair.remove(pair);
    }

    private void add(int word, int sign) {
        int[] parts = words.get(word);
        for (int i = 0; i + 1 < parts.length; i++) {
            Pair pair = new Pair(parts[i], parts[i + 1]);
            pairCounts.merge(pair, sign * counts.get(word), Long::sum);
            if (sign > 0) {
                wordsOfPair.computeIfAbsent(pair, unused -> new TreeSet<>()).add(word);
            } else if (wordsOfPair.containsKey(pair)) {
                wordsOfPair.get(pair).remove(word);
            }
        }
    }
}
