package freshet.benchmarks.device;

import freshet.benchmarks.RandomBatches;
import freshet.benchmarks.Table;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.NearestRows;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.Arrays;
import java.util.List;

/** Exact search among many keys: its time, and for a few queries the keys that it should find. */
final class SearchCheck {

    private static final int WIDTH = 128;
    private static final int NEIGHBOURS = 32;
    private static final int QUERIES = 256;
    private static final int CHECKED = 2;
    private static final int ROWS = 100_000; // made and copied at a time
    private static final int TIMES = 3;

    private final Checks checks;
    private final EngineSettings settings;

    SearchCheck(Checks checks, EngineSettings settings) {
        this.checks = checks;
        this.settings = settings;
    }

    void run(List<Integer> counts) {
        TensorEngine engine = TensorEngines.start(settings);
        var table = Table.start("search", "keys | ms a query | queries/s | farthest of 32, off by");
        float[] queries = RandomBatches.floats(new CounterRandom(5, 0, 0), QUERIES * WIDTH);
        for (int count : counts) {
            var smallest = new float[CHECKED][];
            Arrays.setAll(smallest, i -> new float[0]);
            try (KeyMatrix matrix = engine.keyMatrix(count, WIDTH)) {
                for (int first = 0; first < count; first += ROWS) {
                    int rows = Math.min(ROWS, count - first);
                    float[] keys =
                            RandomBatches.floats(new CounterRandom(4, first, 0), rows * WIDTH);
                    matrix.set(first, keys, rows);
                    for (int query = 0; query < CHECKED; query++) {
                        smallest[query] = smallest(smallest[query], keys, rows, queries, query);
                    }
                }
                measure(matrix, count, queries, smallest, table);
            }
        }
    }

    private void measure(
            KeyMatrix matrix, int count, float[] queries, float[][] smallest, Table table) {
        double millis = Double.POSITIVE_INFINITY;
        NearestRows found = null;
        for (int time = 0; time < TIMES; time++) {
            long start = System.nanoTime();
            found = matrix.nearest(queries, QUERIES, count, NEIGHBOURS);
            millis = Math.min(millis, (System.nanoTime() - start) / 1e6 / QUERIES);
        }
        double off = 0;
        for (int query = 0; query < CHECKED; query++) {
            for (int i = 0; i < NEIGHBOURS; i++) {
                double expected = smallest[query][i];
                double distance = found.squaredDistances()[query * NEIGHBOURS + i];
                off = Math.max(off, Math.abs(distance - expected) / expected);
            }
        }
        table.row("%d | %.4f | %.0f | %.1e", count, millis, 1000 / millis, off);
        // Inexact distances are good to 1e-5 of the squared lengths, here 4 times the distance.
        checks.note(
                "search among " + count, off < 1e-4, "distances are off by %.1e".formatted(off));
    }

    /** The smallest squared distances among those so far and to these keys, ascending. */
    private static float[] smallest(
            float[] soFar, float[] keys, int rows, float[] queries, int query) {
        float[] all = Arrays.copyOf(soFar, soFar.length + rows);
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int d = 0; d < WIDTH; d++) {
                double difference = (double) queries[query * WIDTH + d] - keys[row * WIDTH + d];
                sum += difference * difference;
            }
            all[soFar.length + row] = (float) sum;
        }
        Arrays.sort(all);
        return Arrays.copyOf(all, NEIGHBOURS);
    }
}
