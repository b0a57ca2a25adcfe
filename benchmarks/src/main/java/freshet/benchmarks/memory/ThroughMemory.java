package freshet.benchmarks.memory;

import freshet.benchmarks.Table;
import freshet.learners.memory.MemoryAnswer;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemoryRecord;
import freshet.learners.memory.MemorySearch;
import freshet.learners.memory.MemoryShard;
import freshet.learners.memory.NeighbourLists;
import freshet.learners.memory.TextSearch;
import freshet.learners.memory.VocabularyTree;
import freshet.learners.tensor.TensorEngine;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The pipeline's memory as it is, filled to its capacity: what a text costs, finds and leaves. */
final class ThroughMemory {

    private static final int TEXT = 256; // tokens
    private static final int VOCABULARY = 256;
    private static final int CONTEXT_SLOTS_LOG2 = 10; // as little of the hashed contexts as goes

    private final TensorEngine engine;
    private final MemoryKeys keys;
    private final VocabularyTree tree;
    private Table table;

    ThroughMemory(TensorEngine engine, MemoryKeys keys) {
        this.engine = engine;
        this.keys = keys;
        byte[][] entries = new byte[VOCABULARY][];
        for (int i = 0; i < VOCABULARY; i++) {
            entries[i] = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
        }
        this.tree = VocabularyTree.zipf(entries);
    }

    void printHeader(int count) {
        table =
                Table.start(
                        "%d keys".formatted(count),
                        "| memory.search | shards | filling, ms a token | then asked, ms a token | recall |"
                                + " pages, bytes a key | restart, s |");
    }

    /**
     * Prints a row.
     *
     * @param shards a divisor of 256, so that memories of any number of them hold the same
     * @param count keys, in whole texts; the memory's capacity
     * @param texts asked then
     * @return what was asked found
     */
    List<NeighbourLists> print(
            MemorySearch search, int shards, int count, int texts, List<NeighbourLists> exact) {
        int filled = count / TEXT * TEXT;
        var config = new MemoryConfig(shards, filled, 32, keys.width(), search, CONTEXT_SLOTS_LOG2);
        List<MemoryShard> memory = memory(config);
        long start = nanos();
        for (int position = 0; position < filled; position += TEXT) {
            answer(memory, config, position, true);
        }
        double filling = (nanos() - start) / 1e6 / filled;
        List<NeighbourLists> found = new ArrayList<>();
        start = nanos();
        for (int text = 0; text < texts; text++) {
            found.add(answer(memory, config, filled + text * TEXT, false));
        }
        double asked = (nanos() - start) / 1e6 / texts / TEXT;
        long bytes = 0;
        List<SortedMap<Integer, byte[]>> pages = new ArrayList<>();
        for (MemoryShard shard : memory) {
            pages.add(new TreeMap<>(shard.changedPages()));
            bytes += pages.get(pages.size() - 1).values().stream().mapToLong(p -> p.length).sum();
        }
        memory.forEach(MemoryShard::close);
        start = nanos();
        List<MemoryShard> again = memory(config);
        for (int shard = 0; shard < shards; shard++) {
            again.get(shard).restore(pages.get(shard));
        }
        double restart = (nanos() - start) / 1e9;
        again.forEach(MemoryShard::close);
        table.row(
                "| %s | %d | %.2f | %.2f | %.4f | %d | %.1f |",
                search,
                shards,
                filling,
                asked,
                exact.isEmpty() ? 1 : recall(found, exact),
                bytes / filled,
                restart);
        return found;
    }

    private List<MemoryShard> memory(MemoryConfig config) {
        List<MemoryShard> shards = new ArrayList<>();
        for (int shard = 0; shard < config.shards(); shard++) {
            shards.add(new MemoryShard(shard, config, engine, tree));
        }
        return shards;
    }

    private NeighbourLists answer(
            List<MemoryShard> memory, MemoryConfig config, int position, boolean memorise) {
        int[] tokens = new int[TEXT];
        Arrays.setAll(tokens, i -> (position + i) * 31 % VOCABULARY);
        int width = keys.width();
        float[] own =
                Arrays.copyOfRange(keys.values(), position * width, (position + TEXT + 1) * width);
        var record = new MemoryRecord(new int[0], tokens, own, 1, position, new int[0], memorise);
        var search = new TextSearch(record, config);
        List<NeighbourLists> answers = new ArrayList<>();
        for (MemoryShard shard : memory) {
            MemoryAnswer answer = shard.answerThenInsert(search);
            answers.add(answer.neighbours());
        }
        return NeighbourLists.merge(answers, config.neighbours());
    }

    private static double recall(List<NeighbourLists> found, List<NeighbourLists> exact) {
        long shared = 0;
        long wanted = 0;
        for (int text = 0; text < exact.size(); text++) {
            int k = exact.get(text).k();
            for (int at = 0; at < exact.get(text).positions().length; at += k) {
                long[] right = Arrays.copyOfRange(exact.get(text).positions(), at, at + k);
                Arrays.sort(right);
                for (int i = at; i < at + k; i++) {
                    long position = found.get(text).positions()[i];
                    shared += Arrays.binarySearch(right, position) >= 0 ? 1 : 0;
                }
                wanted += k;
            }
        }
        return (double) shared / wanted;
    }

    private static long nanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
