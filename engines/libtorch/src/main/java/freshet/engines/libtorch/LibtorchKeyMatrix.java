package freshet.engines.libtorch;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Ranges;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Keys as rows of one matrix, their squared norms beside it; both freed by {@link #close}. */
final class LibtorchKeyMatrix implements KeyMatrix {

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
        engine.pinThread();
        engine.account(bytes());
        try (PointerScope scope = new PointerScope()) {
            keys = Tensors.empty(torch.ScalarType.Float, capacity, width).zero_();
            squaredNorms = Tensors.empty(torch.ScalarType.Float, capacity).zero_();
            keys.retainReference(); // or detaching would free it
            squaredNorms.retainReference();
            scope.detach(keys);
            scope.detach(squaredNorms);
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
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            Tensor target = keys.narrow(0, firstRow, count);
            target.data_ptr_float().put(rows, 0, count * width);
            squaredNorms.narrow(0, firstRow, count).copy_(target.mul(target).sum(1));
        }
    }

    @Override
    public float[] squaredDistances(float[] queries, int count, int rows) {
        Ranges.queries(this, queries, count, rows);
        if (rows == 0 || count == 0) {
            return new float[0];
        }
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            Tensor query = Tensors.empty(torch.ScalarType.Float, count, width); // [count, D]
            query.data_ptr_float().put(queries, 0, count * width);
            Tensor queryNorms = query.mul(query).sum(new long[] {1}, true, noType()); // [count, 1]
            Tensor distances = // |k|^2 - 2 q.k, [count, rows]
                    torch.addmm(
                            squaredNorms.narrow(0, 0, rows),
                            query,
                            keys.narrow(0, 0, rows).t(),
                            new Scalar(1.0),
                            new Scalar(-2.0));
            distances.add_(queryNorms);
            return Tensors.read(distances);
        }
    }

    private static ScalarTypeOptional noType() {
        return new ScalarTypeOptional();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            keys.close();
            squaredNorms.close();
            engine.account(-bytes());
        }
    }
}
