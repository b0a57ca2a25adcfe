package freshet.engines.libtorch;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Shapes;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Where one input of a {@link FixedStep} lies, on the device and on its way there. */
final class InputPlace implements AutoCloseable {

    private final Tensor tensor;
    private final Tensor onHost;
    private final boolean isOnHost;
    private final long[] shape;
    private String operation = ""; // that looks up by it, if one does
    private long[] table;
    private long size = Long.MAX_VALUE;
    private int[] now;

    InputPlace(Device device, Inputs.Array array) {
        isOnHost = device.isHost();
        shape = array.shape();
        var type = array.floats() != null ? torch.ScalarType.Float : torch.ScalarType.Long;
        try (PointerScope scope = new PointerScope()) {
            tensor = Tensors.own(Tensors.empty(device.options(type), shape), scope);
            onHost =
                    device.isHost()
                            ? tensor
                            : Tensors.own(Tensors.empty(device.hostOptions(type), shape), scope);
        }
    }

    static long bytes(Inputs.Array array) {
        return Shapes.count(array.shape()) * (array.floats() != null ? Float.BYTES : Long.BYTES);
    }

    Tensor tensor() {
        return tensor;
    }

    /**
     * @throws IllegalArgumentException if an index is not in the table that it was used on
     */
    void check(Inputs.Array array) {
        if (array.integers() != null) {
            now = array.integers();
            checkIndices();
        }
    }

    /** From now on indices must be below {@code size}. */
    void limit(String byOperation, long[] ofTable, long atMost) {
        if (atMost < size) {
            operation = byOperation;
            table = ofTable;
            size = atMost;
            checkIndices();
        }
    }

    private void checkIndices() {
        for (int index : now) {
            if (size < Long.MAX_VALUE && (index < 0 || index >= size)) {
                throw Shapes.lookUp(
                        operation, table, shape, "index %d of %d".formatted(index, size));
            }
        }
    }

    void put(Inputs.Array array) {
        try (PointerScope scope = new PointerScope()) {
            if (array.floats() == null) {
                Tensors.put(array.integers(), onHost);
            } else if (array.floats().length > 0) {
                onHost.data_ptr_float().put(array.floats(), 0, array.floats().length);
            }
            if (!isOnHost) {
                tensor.copy_(onHost, true);
            }
        }
    }

    @Override
    public void close() {
        tensor.close();
        if (!isOnHost) {
            onHost.close();
        }
    }
}
