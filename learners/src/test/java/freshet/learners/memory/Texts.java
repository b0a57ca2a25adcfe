package freshet.learners.memory;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Small vocabularies and texts with structure, made from a seed. */
final class Texts {

    private Texts() {}

    /** Entries of one to three letters; entry 0 ends a line, every other one begins a word. */
    static byte[][] entries(int size) {
        byte[][] entries = new byte[size][];
        for (int i = 0; i < size; i++) {
            String letters = Integer.toString(i + 36, 36);
            String text = i == 0 ? "\n" : i % 2 == 0 ? " " + letters : letters;
            entries[i] = text.getBytes(StandardCharsets.US_ASCII);
        }
        return entries;
    }

    static VocabularyTree tree(int size) {
        return VocabularyTree.zipf(entries(size));
    }

    /** Phrases from a stock of twenty, with one token in ten replaced by any other. */
    static int[] phrases(int size, int length, long seed) {
        var random = new Random(seed);
        int[][] stock = new int[20][];
        for (int i = 0; i < stock.length; i++) {
            stock[i] = random.ints(3 + random.nextInt(9), 0, size).toArray();
        }
        int[] text = new int[length];
        int at = 0;
        while (at < length) {
            for (int token : stock[random.nextInt(stock.length)]) {
                if (at < length) {
                    text[at++] = random.nextInt(10) == 0 ? random.nextInt(size) : token;
                }
            }
        }
        return text;
    }

    static MemoryRecord record(int[] text, int from, int to, int[] candidates, boolean memorise) {
        return new MemoryRecord(
                Arrays.copyOfRange(text, Math.max(0, from - ContextHashes.REACH), from),
                Arrays.copyOfRange(text, from, to),
                new float[0],
                1,
                from,
                candidates,
                memorise);
    }
}
