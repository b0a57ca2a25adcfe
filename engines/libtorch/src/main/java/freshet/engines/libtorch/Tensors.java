package freshet.engines.libtorch;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Ranges;
import java.util.Arrays;
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

    static Tensor floats(Device device, float[] values, long... shape) {
        Tensor host = empty(new TensorOptions(torch.ScalarType.Float), shape);
        if (values.length > 0) {
            FloatPointer to = host.data_ptr_float();
            to.put(values, 0, values.length);
        }
        return there(device, host, torch.ScalarType.Float);
    }

    static Tensor integers(Device device, int[] values, long... shape) {
        Tensor host = empty(new TensorOptions(torch.ScalarType.Long), shape);
        put(values, host);
        return there(device, host, torch.ScalarType.Long);
    }

    /** Overwrites a host's tensor of 64-bit integers. */
    static void put(int[] values, Tensor host) {
        if (values.length > 0) {
            long[] wide = new long[values.length];
            for (int i = 0; i < values.length; i++) {
                wide[i] = values[i];
            }
            LongPointer to = host.data_ptr_long();
            to.put(wide, 0, wide.length);
        }
    }

    private static Tensor there(Device device, Tensor host, torch.ScalarType type) {
        return device.isHost() ? host : empty(device.options(type), shape(host)).copy_(host);
    }

    static Tensor input(Device device, Inputs.Array array) {
        return array.floats() != null
                ? floats(device, array.floats(), array.shape())
                : integers(device, array.integers(), array.shape());
    }

    /** Copies a float tensor of any strides, wherever it lies, row-major. */
    static float[] read(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        if (values.length > 0) {
            tensor.cpu().contiguous().data_ptr_float().get(values, 0, values.length);
        }
        return values;
    }

    /** Copies 64-bit integers that fit 32 bits. */
    static int[] readIndices(Tensor tensor) {
        long[] wide = new long[Math.toIntExact(tensor.numel())];
        tensor.cpu().contiguous().data_ptr_long().get(wide, 0, wide.length);
        return Arrays.stream(wide).mapToInt(Math::toIntExact).toArray();
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
    static void overwrite(String name, Device device, Tensor flat, float[] values) {
        Ranges.length(name, values, flat.numel());
        try (PointerScope scope = new PointerScope()) {
            if (values.length > 0) {
                flat.copy_(floats(device, values, values.length));
            }
        }
    }

    /** Keeps a tensor beyond the scope it was made in; the caller closes it. */
    static Tensor own(Tensor tensor, PointerScope scope) {
        tensor.retainReference(); // or detaching would free it
        scope.detach(tensor);
        return tensor;
    }

    static Tensor empty(TensorOptions options, long... shape) {
        return torch.empty(shape, options, new MemoryFormatOptional());
    }

    static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }
}
