package freshet.benchmarks.memory;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Whether an index answers alike when the same is done to it again: keys in turn of one of many
 * tight groups, of which the newest of each group are left, so that they lose most of what they
 * were linked to.
 */
final class RepeatedDeletes {

    private static final int WIDTH = 32;
    private static final int GROUPS = 100;
    private static final int KEYS = 4_000;
    private static final int K = 16;
    private static final int TIMES = 3;

    private RepeatedDeletes() {}

    /** Prints how many different answers three equal indexes of a library give. */
    static void print(String library) throws IOException {
        MemoryKeys keys = groups();
        int[][] afterInserts = new int[TIMES][];
        int[][] afterDeletes = new int[TIMES][];
        for (int time = 0; time < TIMES; time++) {
            try (var index = new SplitIndex(keys, library, 1, 16, 60)) {
                for (int key = 0; key < KEYS; key++) {
                    index.insert(key);
                }
                afterInserts[time] = answers(index, keys);
                index.delete(0, KEYS - GROUPS);
                afterDeletes[time] = answers(index, keys);
            }
        }
        System.out.printf(
                "%s: %d equal indexes give %d different answers, after deletes %d%n",
                library, TIMES, different(afterInserts), different(afterDeletes));
    }

    private static long different(int[][] answers) {
        return Stream.of(answers).map(Arrays::toString).distinct().count();
    }

    private static int[] answers(VectorIndex index, MemoryKeys keys) throws IOException {
        int[] all = new int[0];
        for (int key = 0; key < KEYS; key += 13) {
            int[] found = index.search(keys.key(key), K, K);
            int from = all.length;
            all = Arrays.copyOf(all, from + found.length);
            System.arraycopy(found, 0, all, from, found.length);
        }
        return all;
    }

    private static MemoryKeys groups() {
        float[] values = new float[KEYS * WIDTH];
        for (int i = 0; i < values.length; i++) {
            int group = i / WIDTH % GROUPS;
            int d = i % WIDTH;
            values[i] = (group * 7919 + d * 104_729) % 1_000 + (i * 31 % 997) / 100_000f;
        }
        return new MemoryKeys(WIDTH, values);
    }
}
