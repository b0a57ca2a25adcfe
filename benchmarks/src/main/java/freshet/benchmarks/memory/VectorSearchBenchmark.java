package freshet.benchmarks.memory;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.learners.memory.MemorySearch;
import freshet.learners.memory.NeighbourLists;
import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.TensorOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What search among the memory's keys costs, exactly and by graphs, on one thread: an index grows
 * to so many keys, then answers the queries that follow in the stream, takes the next keys in and
 * forgets as many of the oldest, and answers again. Rates are per second of the thread's processor
 * time, as other work may share the machine; those of deletes, which JVector hands to a thread of
 * its own, are by the clock.
 */
@Command(
        name = "vector-search",
        mixinStandardHelpOptions = true,
        description = "Recall, queries, inserts and deletes per second, bytes a key, by library.")
public final class VectorSearchBenchmark implements Callable<Integer> {

    private static final int BATCH = 256; // queries of one matrix product, as in the memory
    private static final double SECOND = 1e9;
    private static final int WARM_UP = 4_000;

    @Option(
            names = "--counts",
            split = ",",
            description = "Keys in the index; default ${DEFAULT-VALUE}.")
    private List<Integer> counts = List.of(10_000, 100_000);

    @Option(names = "--neighbours", description = "K; default ${DEFAULT-VALUE}.")
    private int neighbours = FreshetOptions.MEMORY_NEIGHBOURS.defaultValue();

    @Option(names = "--queries", description = "Keys asked for; default ${DEFAULT-VALUE}.")
    private int queries = 1_024;

    @Option(
            names = "--beams",
            split = ",",
            description = "Candidates kept in a search; default ${DEFAULT-VALUE}.")
    private List<Integer> beams = List.of(32, 64, 128);

    @Option(
            names = "--degree",
            description = "Most links of a node on the lowest layer; default ${DEFAULT-VALUE}.")
    private int degree = 32;

    @Option(
            names = "--insert-beam",
            description = "Candidates kept in an insertion; default ${DEFAULT-VALUE}.")
    private int insertBeam = 100;

    @Option(
            names = "--graphs",
            split = ",",
            description =
                    "The keys in turn to one of so many graphs, as to shards; default"
                            + " ${DEFAULT-VALUE}.")
    private List<Integer> graphs = List.of(1, 8);

    @Option(
            names = "--churn",
            description = "Share of the keys then replaced; default ${DEFAULT-VALUE}.")
    private double churn = 0.1;

    @Option(
            names = "--libraries",
            split = ",",
            description = "Of exact, lucene and jvector; default ${DEFAULT-VALUE}.")
    private List<String> libraries = List.of("exact", "lucene", "jvector");

    @Option(
            names = "--learned",
            description = "Tokens that the model learns; then it reads; default ${DEFAULT-VALUE}.")
    private int learned = 100_000;

    @Option(names = "--keys", description = "File that keeps the keys for other runs.")
    private Path file;

    @Option(names = "--repeat", description = "Only ask whether equal indexes give equal answers.")
    private boolean repeat;

    @Option(
            names = "--through-memory",
            split = ",",
            description =
                    "Only the memory itself, exact and approximate, with so many shards each.")
    private List<Integer> shards = List.of();

    private MemoryKeys keys;

    private Table table;

    @Override
    public Integer call() throws IOException {
        if (repeat) {
            System.out.println(Machine.line());
            for (String library : libraries) {
                if (!library.equals("exact")) {
                    RepeatedDeletes.print(library);
                }
            }
            return 0;
        }
        TensorEngine engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        int most = counts.stream().mapToInt(n -> n + queries + (int) (churn * n)).max().orElse(0);
        if (file != null && Files.exists(file)) {
            keys = MemoryKeys.read(file, most);
        } else {
            keys = MemoryKeys.make(engine, most, learned);
            if (file != null) {
                keys.write(file);
            }
        }
        if (!shards.isEmpty()) {
            System.out.println(Machine.line());
            throughMemory(engine);
            return 0;
        }
        for (String library : libraries) {
            if (!library.equals("exact")) {
                warmUp(library);
            }
        }
        System.out.println(Machine.line());
        System.out.printf(
                "keys of %d floats, hidden states of the books in order, the model learning until"
                        + " token %d; K = %d, %d queries; graphs of degree %d, insertions with"
                        + " beam %d%n",
                keys.width(), learned, neighbours, queries, degree, insertBeam);
        for (int count : counts) {
            measure(engine, count);
        }
        return 0;
    }

    private void throughMemory(TensorEngine engine) {
        var memory = new ThroughMemory(engine, keys);
        int texts = 4;
        for (int count : counts) {
            System.out.printf("%n%d keys%n%n", count);
            memory.printHeader(count);
            List<NeighbourLists> exact =
                    memory.print(MemorySearch.EXACT, shards.get(0), count, texts, List.of());
            for (int number : shards) {
                memory.print(MemorySearch.APPROXIMATE, number, count, texts, exact);
            }
        }
    }

    private void measure(TensorEngine engine, int count) throws IOException {
        int replaced = (int) (churn * count);
        System.out.printf(
                "%n%d keys, the last columns after %d were replaced%n%n", count, replaced);
        table =
                Table.start(
                        "%d keys".formatted(count),
                        "| search | graphs | inserts/s | next inserts/s | deletes/s | bytes a key beside"
                                + " its floats | beam | recall | queries/s | recall after | queries/s"
                                + " after |");
        int[][] before = new int[queries][];
        int[][] after = new int[queries][];
        double[] speed = new double[2];
        speed[0] = exact(engine, 0, count, before);
        speed[1] = exact(engine, replaced, count, after);
        if (libraries.contains("exact")) {
            table.row(
                    "| matrix product | | | | | %d | | 1 | %.0f | 1 | %.0f |",
                    Float.BYTES, speed[0], speed[1]);
        }
        for (String library : libraries) {
            for (int parts : graphs) {
                if (!library.equals("exact")) {
                    approximate(library, parts, count, before, after);
                }
            }
        }
    }

    /** Queries per second, and the K nearest of the keys [from, from + count) to each query. */
    private double exact(TensorEngine engine, int from, int count, int[][] nearest) {
        int width = keys.width();
        long nanos;
        try (KeyMatrix matrix = engine.keyMatrix(count, width)) {
            int rows = 4096;
            for (int row = 0; row < count; row += rows) {
                int taken = Math.min(rows, count - row);
                int first = (from + row) * width;
                matrix.set(
                        row,
                        Arrays.copyOfRange(keys.values(), first, first + taken * width),
                        taken);
            }
            long start = processorNanos();
            for (int query = 0; query < queries; query += BATCH) {
                int taken = Math.min(BATCH, queries - query);
                int first = (from + count + query) * width;
                float[] asked = Arrays.copyOfRange(keys.values(), first, first + taken * width);
                int[] found = matrix.nearest(asked, taken, count, neighbours).rows();
                for (int i = 0; i < taken; i++) {
                    nearest[query + i] =
                            Arrays.stream(found, i * neighbours, (i + 1) * neighbours)
                                    .map(row -> from + row)
                                    .toArray();
                }
            }
            nanos = processorNanos() - start;
        }
        return queries * SECOND / nanos;
    }

    private void approximate(String library, int parts, int count, int[][] before, int[][] after)
            throws IOException {
        int replaced = (int) (churn * count);
        var index = new SplitIndex(keys, library, parts, degree, insertBeam);
        double grown = inserts(index, 0, count);
        long bytes = index.indexBytes() / count;
        double[][] first = asked(index, count, before);
        double next = inserts(index, count, count + replaced);
        long start = System.nanoTime();
        index.delete(0, replaced);
        double deletes = replaced * SECOND / (System.nanoTime() - start);
        double[][] then = asked(index, count + replaced, after);
        for (int i = 0; i < beams.size(); i++) {
            table.row(
                    "| %s | %d | %.0f | %.0f | %.0f | %d | %d | %.4f | %.0f | %.4f | %.0f |",
                    library,
                    parts,
                    grown,
                    next,
                    deletes,
                    bytes,
                    beams.get(i),
                    first[i][0],
                    first[i][1],
                    then[i][0],
                    then[i][1]);
        }
        index.close();
    }

    private static double inserts(VectorIndex index, int from, int to) throws IOException {
        long start = processorNanos();
        for (int key = from; key < to; key++) {
            index.insert(key);
        }
        return (to - from) * SECOND / (processorNanos() - start);
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** So that the first row is not measured on code that Java has not compiled yet. */
    private void warmUp(String library) throws IOException {
        int grown = Math.min(WARM_UP, keys.count() - queries);
        try (var index = new SplitIndex(keys, library, 1, degree, insertBeam)) {
            inserts(index, 0, grown);
            asked(index, grown, new int[queries][0]);
        }
    }

    /** Recall and queries per second for each beam. */
    private double[][] asked(VectorIndex index, int firstQuery, int[][] nearest)
            throws IOException {
        double[][] results = new double[beams.size()][];
        for (int b = 0; b < results.length; b++) {
            long found = 0;
            long nanos = 0;
            for (int query = 0; query < queries; query++) {
                float[] asked = keys.key(firstQuery + query);
                long start = processorNanos();
                int[] answer = index.search(asked, neighbours, beams.get(b));
                nanos += processorNanos() - start;
                found += shared(answer, nearest[query]);
            }
            results[b] =
                    new double[] {
                        (double) found / ((long) queries * neighbours), queries * SECOND / nanos
                    };
        }
        return results;
    }

    private static int shared(int[] answer, int[] nearest) {
        int[] sorted = nearest.clone();
        Arrays.sort(sorted);
        return (int)
                Arrays.stream(answer).filter(key -> Arrays.binarySearch(sorted, key) >= 0).count();
    }
}
