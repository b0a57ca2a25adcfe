package freshet.engines.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays that have one owner and are freed together. */
final class Buffers implements AutoCloseable {

    private final Nd4jEngine engine;
    private final List<INDArray> owned = new ArrayList<>();
    private long bytes;

    Buffers(Nd4jEngine engine) {
        this.engine = engine;
    }

    /** An array whose values are whatever was there; at least one element. */
    INDArray allocate(DataType type, long... shape) {
        INDArray array = Nd4j.createUninitialized(type, natively(shape), 'c');
        owned.add(array);
        long more = array.length() * type.width();
        bytes += more;
        engine.account(more);
        return array;
    }

    /** Floats, all 0. */
    INDArray zeros(long... shape) {
        INDArray array = allocate(DataType.FLOAT, shape);
        array.assign(0);
        return array;
    }

    /** Elements of {@code flat} from {@code offset} on, row-major, in the same memory. */
    static INDArray view(INDArray flat, long offset, long... shape) {
        long[] own = natively(shape);
        return Nd4j.create(flat.data(), own, Nd4j.getStrides(own, 'c'), offset, 'c');
    }

    /** Elements [from, to) along a dimension of an array without gaps, in the same memory. */
    static INDArray slice(INDArray of, int dimension, long from, long to) {
        long[] shape = of.shape().clone();
        shape[dimension] = to - from;
        long[] strides = Nd4j.getStrides(of.shape(), 'c');
        long offset = of.offset() + from * strides[dimension];
        return Nd4j.create(of.data(), shape, strides, offset, 'c');
    }

    /** ND4J's operations agree on shape [1] for a number, not on []. */
    private static long[] natively(long... shape) {
        return shape.length == 0 ? new long[] {1} : shape;
    }

    @Override
    public void close() {
        owned.forEach(INDArray::close);
        owned.clear();
        engine.account(-bytes);
        bytes = 0;
    }
}
