package freshet.engines.nd4j;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Ranges;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;

/** Keys as rows of one matrix, their squared norms beside it; both freed by {@link #close}. */
final class Nd4jKeyMatrix implements KeyMatrix {

    private final Nd4jEngine engine;
    private final int capacity;
    private final int width;
    private final Buffers buffers;
    private final INDArray keys; // [capacity, D]
    private final INDArray squaredNorms; // [capacity]
    private final INDArray ones; // [D, 1]
    private boolean closed;

    Nd4jKeyMatrix(Nd4jEngine engine, int capacity, int width) {
        Ranges.keyMatrix(capacity, width);
        this.engine = engine;
        this.capacity = capacity;
        this.width = width;
        buffers = new Buffers(engine);
        keys = buffers.zeros(capacity, width);
        squaredNorms = buffers.zeros(capacity);
        ones = buffers.allocate(DataType.FLOAT, width, 1);
        ones.assign(1);
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
        INDArray target = Buffers.view(keys, (long) firstRow * width, count, width);
        HostCopy.of(target).write(java.util.Arrays.copyOf(rows, count * width));
        squareNorms(target, Buffers.view(squaredNorms, firstRow, count, 1));
    }

    /** Squared norms of the rows of {@code of} into {@code into} {@code [rows, 1]}. */
    private void squareNorms(INDArray of, INDArray into) {
        try (var run = new Buffers(engine)) {
            INDArray squares = run.allocate(DataType.FLOAT, of.shape());
            var steps = new Steps();
            steps.add(new Square(of, squares));
            steps.add("matmul", new INDArray[] {squares, ones}, into, 0, 0, 0);
            steps.run();
        }
    }

    @Override
    public float[] squaredDistances(float[] queries, int count, int from, int to) {
        Ranges.queries(this, queries, count, from, to);
        int rows = to - from;
        if (rows == 0 || count == 0) {
            return new float[0];
        }
        try (var run = new Buffers(engine)) {
            INDArray query = run.allocate(DataType.FLOAT, count, width);
            HostCopy.of(query).write(java.util.Arrays.copyOf(queries, count * width));
            INDArray queryNorms = run.allocate(DataType.FLOAT, count, 1);
            squareNorms(query, queryNorms);
            INDArray distances = run.allocate(DataType.FLOAT, count, rows);
            INDArray some = Buffers.view(keys, (long) from * width, rows, width);
            INDArray norms = Buffers.view(squaredNorms, from, 1, rows);
            var steps = new Steps();
            double[] minusTwice = {-2, 0};
            steps.add(
                    "matmul",
                    new INDArray[] {query, some},
                    distances,
                    new long[] {0, 1, 0},
                    minusTwice,
                    new boolean[] {});
            steps.add("add", new INDArray[] {distances, norms}, distances);
            steps.add("add", new INDArray[] {distances, queryNorms}, distances);
            steps.run();
            return HostCopy.read(distances);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            buffers.close();
        }
    }
}
