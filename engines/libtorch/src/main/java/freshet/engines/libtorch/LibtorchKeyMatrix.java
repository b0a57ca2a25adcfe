package freshet.engines.libtorch;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.NearestRows;
import freshet.learners.tensor.Ranges;
import freshet.learners.tensor.SmallestDistances;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Keys as rows of one matrix, their squared norms beside it; both freed by {@link #close}. */
final class LibtorchKeyMatrix implements KeyMatrix {

    /** Rows of a stripe: only where its least distance is small enough the others are looked at. */
    private static final int STRIPE = 16;

    /** 256 MB of them. */
    private static final int DISTANCES_AT_ONCE = 1 << 26;

    private final LibtorchEngine engine;
    private final int capacity;
    private final int width;
    private final Tensor keys; // [capacity, D]
    private final Tensor squaredNorms; // [capacity]
    private boolean closed;

    LibtorchKeyMatrix(LibtorchEngine engine, int capacity, int width) {
        Ranges.keyMatrix(capacity, width);
        this.engine = engine;
        this.capacity = capacity;
        this.width = width;
        engine.memory().reserve(bytes(), "%d keys of %d floats".formatted(capacity, width));
        try (PointerScope scope = new PointerScope()) {
            var options = engine.device().options(torch.ScalarType.Float);
            keys = Tensors.own(Tensors.empty(options, capacity, width).zero_(), scope);
            squaredNorms = Tensors.own(Tensors.empty(options, capacity).zero_(), scope);
        } catch (RuntimeException e) {
            engine.memory().release(bytes());
            throw e;
        }
    }

    private long bytes() {
        return (long) Float.BYTES * capacity * (width + 1);
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void set(int firstRow, float[] rows, int count) {
        Ranges.keys(this, firstRow, rows, count);
        if (count == 0) {
            return;
        }
        engine.onDevice(
                () -> {
                    try (PointerScope scope = new PointerScope();
                            AutoGradMode gradientOff = new AutoGradMode(false)) {
                        Tensor target = keys.narrow(0, firstRow, count);
                        target.copy_(floats(rows, count));
                        squaredNorms.narrow(0, firstRow, count).copy_(target.mul(target).sum(1));
                        return null;
                    }
                });
    }

    /** {@code [count, D]} on the device. */
    private Tensor floats(float[] values, int count) {
        float[] used =
                values.length == count * width ? values : Arrays.copyOf(values, count * width);
        return Tensors.floats(engine.device(), used, count, width);
    }

    @Override
    public float[] squaredDistances(float[] queries, int count, int from, int to) {
        Ranges.queries(this, queries, count, from, to);
        if (from == to || count == 0) {
            return new float[0];
        }
        return engine.onDevice(
                () -> {
                    try (PointerScope scope = new PointerScope();
                            AutoGradMode gradientOff = new AutoGradMode(false)) {
                        Tensor query = floats(queries, count);
                        Tensor distances = withoutQueryNorms(query, from, to);
                        distances.add_(norms(query));
                        return Tensors.read(distances);
                    }
                });
    }

    /** {@code [count, 1]} squared. */
    private static Tensor norms(Tensor query) {
        return query.mul(query).sum(new long[] {1}, true, new ScalarTypeOptional());
    }

    /** {@code |k|^2 - 2 q.k}, {@code [count, to - from]}. */
    private Tensor withoutQueryNorms(Tensor query, int from, int to) {
        return torch.addmm(
                squaredNorms.narrow(0, from, to - from),
                query,
                keys.narrow(0, from, to - from).t(),
                new Scalar(1.0),
                new Scalar(-2.0));
    }

    /** Where the keys lie on a GPU only what is nearest is brought back. */
    @Override
    public NearestRows nearest(float[] queries, int count, int rows, int k) {
        return engine.device().isHost()
                ? nearestOnHost(queries, count, rows, k)
                : nearestOnDevice(queries, count, rows, k, DISTANCES_AT_ONCE);
    }

    /** Block by block, so that the distances stay in the processor's cache. */
    private NearestRows nearestOnHost(float[] queries, int count, int rows, int k) {
        Ranges.queries(this, queries, count, 0, rows);
        int found = Math.min(k, rows);
        if (found == 0 || count == 0) {
            return new NearestRows(found, new float[0], new int[0]);
        }
        var nearest = new SmallestDistances(count, found);
        return engine.onDevice(
                () -> {
                    try (PointerScope scope = new PointerScope();
                            AutoGradMode gradientOff = new AutoGradMode(false)) {
                        Tensor query = floats(queries, count);
                        Tensor norms = norms(query);
                        for (int from = 0; from < rows; from += NearestRows.BLOCK) {
                            int to = Math.min(rows, from + NearestRows.BLOCK);
                            try (PointerScope ofBlock = new PointerScope()) {
                                Tensor distances = withoutQueryNorms(query, from, to).add_(norms);
                                offer(nearest, found, distances, from);
                            }
                        }
                        return nearest.sorted();
                    }
                });
    }

    /**
     * Offers a block's rows that may be among the k nearest: no row is if there are k stripes with
     * a nearer one. A stripe's rows are as far apart as there are stripes, so that the least
     * distances of all stripes are found at once.
     *
     * @param distances {@code [count, rows of the block]}, contiguous
     */
    private static void offer(SmallestDistances nearest, int k, Tensor distances, int firstRow) {
        int count = (int) distances.size(0);
        int size = (int) distances.size(1);
        int stripes = size / STRIPE;
        float[] least = new float[0]; // [count, stripes]
        float[] reached = new float[count]; // by the k-th of them
        Arrays.fill(reached, Float.POSITIVE_INFINITY);
        if (stripes > 0) {
            Tensor ofStripes =
                    distances
                            .as_strided(
                                    new long[] {count, STRIPE, stripes},
                                    new long[] {size, stripes, 1})
                            .amin(new long[] {1}, false);
            least = Tensors.read(ofStripes);
            if (stripes >= k) {
                reached = Tensors.read(torch.kthvalue(ofStripes, k, 1, false).get0());
            }
        }
        FloatIndexer all =
                FloatIndexer.create(distances.data_ptr_float().capacity(distances.numel()));
        for (int query = 0; query < count; query++) {
            long at = (long) query * size;
            float reach = Math.min(nearest.farthest(query), reached[query]);
            for (int stripe = 0; stripe < stripes; stripe++) {
                if (!(least[query * stripes + stripe] > reach)) { // NaN: look at them
                    for (int row = stripe; row < stripes * STRIPE; row += stripes) {
                        float distance = all.get(at + row);
                        if (!(distance > reach)) {
                            nearest.offer(query, distance, firstRow + row);
                        }
                    }
                }
            }
            for (int row = stripes * STRIPE; row < size; row++) {
                nearest.offer(query, all.get(at + row), firstRow + row);
            }
        }
    }

    /**
     * @param distancesAtOnce most that are held; the rows are taken in blocks
     */
    NearestRows nearestOnDevice(float[] queries, int count, int rows, int k, int distancesAtOnce) {
        Ranges.queries(this, queries, count, 0, rows);
        int found = Math.min(k, rows);
        if (found == 0 || count == 0) {
            return new NearestRows(found, new float[0], new int[0]);
        }
        int block = Math.max(found, distancesAtOnce / count);
        return engine.onDevice(
                () -> {
                    try (PointerScope scope = new PointerScope();
                            AutoGradMode gradientOff = new AutoGradMode(false)) {
                        Tensor query = floats(queries, count);
                        Tensor distances = null; // [count, at most found]
                        Tensor nearest = null;
                        for (int from = 0; from < rows; from += block) {
                            int to = Math.min(rows, from + block);
                            try (PointerScope ofBlock = new PointerScope()) {
                                var here = smallest(withoutQueryNorms(query, from, to), found);
                                Tensor some = here.get0();
                                Tensor theirs = here.get1().add(new Scalar((long) from));
                                if (distances != null) {
                                    Tensor both = join(distances, some);
                                    Tensor all = join(nearest, theirs);
                                    var best = smallest(both, found);
                                    some = best.get0();
                                    theirs = all.gather(1, best.get1());
                                }
                                Tensor before = distances;
                                Tensor rowsBefore = nearest;
                                distances = Tensors.own(some.detach(), ofBlock);
                                nearest = Tensors.own(theirs.detach(), ofBlock);
                                if (before != null) {
                                    before.close();
                                    rowsBefore.close();
                                }
                            }
                        }
                        scope.attach(distances);
                        scope.attach(nearest);
                        distances = distances.add(norms(query));
                        return new NearestRows(
                                found, Tensors.read(distances), Tensors.readIndices(nearest));
                    }
                });
    }

    private static T_TensorTensor_T smallest(Tensor distances, int k) {
        return torch.topk(distances, Math.min(k, distances.size(1)), 1, false, true);
    }

    private static Tensor join(Tensor left, Tensor right) {
        return torch.cat(new TensorVector(left, right), 1);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            engine.onDevice(
                    () -> {
                        keys.close();
                        squaredNorms.close();
                        return null;
                    });
            engine.memory().release(bytes());
        }
    }
}
