package freshet.engines.libtorch;

import freshet.learners.tensor.Precision;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A run whose tensors are its own; on the CPU, where libtorch checks indices itself. */
record EagerContext(Device device, Precision precision) implements OpsContext {

    @Override
    public Tensor constant(float[] values, long... shape) {
        return Tensors.floats(device, values, shape);
    }

    @Override
    public Tensor zeros(long... shape) {
        return Tensors.empty(device.options(torch.ScalarType.Float), shape).zero_();
    }

    @Override
    public void looksUp(String operation, Tensor table, Tensor indices, long size) {}
}
