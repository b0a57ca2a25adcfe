package freshet.engines.libtorch;

import freshet.learners.tensor.Inputs;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
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
