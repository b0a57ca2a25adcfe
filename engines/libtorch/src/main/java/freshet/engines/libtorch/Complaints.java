package freshet.engines.libtorch;

import freshet.learners.tensor.Shapes;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** Runs operations whose shapes libtorch itself checks; its complaint becomes ours, with shapes. */
final class Complaints {

    private Complaints() {}

    static Tensor checked(String operation, Tensor left, Tensor right, Supplier<Tensor> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            throw because(Shapes.mismatch(operation, Tensors.shape(left), Tensors.shape(right)), e);
        }
    }

    static Tensor fits(String operation, Tensor tensor, long[] shape, Supplier<Tensor> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            throw because(Shapes.misfit(operation, Tensors.shape(tensor), shape), e);
        }
    }

    static Tensor indexed(String operation, Tensor table, Tensor indices, Supplier<Tensor> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw because(
                    Shapes.lookUp(operation, Tensors.shape(table), Tensors.shape(indices), reason),
                    e);
        }
    }

    private static IllegalArgumentException because(
            IllegalArgumentException ours, RuntimeException cause) {
        ours.initCause(cause);
        return ours;
    }
}
