package freshet.engines.libtorch;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Ranges;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Copies between Java arrays and tensors that own their memory. */
final class Tensors {

    private Tensors() {}

    static Tensor floats(float[] values, long... shape) {
        Tensor tensor = empty(torch.ScalarType.Float, shape);
        if (values.length > 0) {
            FloatPointer to = tensor.data_ptr_float();
            to.put(values, 0, values.length);
        }
        return tensor;
    }

    static Tensor integers(int[] values, long... shape) {
        Tensor tensor = empty(torch.ScalarType.Long, shape);
        if (values.length > 0) {
            long[] wide = new long[values.length];
            for (int i = 0; i < values.length; i++) {
                wide[i] = values[i];
            }
            LongPointer to = tensor.data_ptr_long();
            to.put(wide, 0, wide.length);
        }
        return tensor;
    }

    static Tensor input(Inputs.Array array) {
        return array.floats() != null
                ? floats(array.floats(), array.shape())
                : integers(array.integers(), array.shape());
    }

    /** Copies a float tensor of any strides, row-major. */
    static float[] read(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        if (values.length > 0) {
            tensor.contiguous().data_ptr_float().get(values, 0, values.length);
        }
        return values;
    }

    /** Copies a flat buffer that outlives the caller's scope. */
    static float[] copy(Tensor flat) {
        try (PointerScope scope = new PointerScope()) {
            return read(flat);
        }
    }

    /**
     * @throws IllegalArgumentException if there are not as many values as the buffer holds
     */
    static void overwrite(String name, Tensor flat, float[] values) {
        Ranges.length(name, values, flat.numel());
        try (PointerScope scope = new PointerScope()) {
            if (values.length > 0) {
                flat.data_ptr_float().put(values, 0, values.length);
            }
        }
    }

    /** Keeps a tensor beyond the scope it was made in; the caller closes it. */
    static Tensor own(Tensor tensor, PointerScope scope) {
        tensor.retainReference(); // or detaching would free it
        scope.detach(tensor);
        return tensor;
    }

    static Tensor empty(torch.ScalarType type, long... shape) {
        return torch.empty(shape, new TensorOptions(type), new MemoryFormatOptional());
    }

    static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }
}
