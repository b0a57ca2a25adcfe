package freshet.engines.libtorch;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** Shape errors in one line that name the operation, the tensors' roles and their shapes. */
final class Shapes {

    private Shapes() {}

    /** Runs an element-wise operation; libtorch's own complaint becomes ours, with both shapes. */
    static Tensor checked(String operation, Tensor left, Tensor right, Supplier<Tensor> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "%s: left has shape %s, right has shape %s"
                            .formatted(operation, text(left), text(right)),
                    e);
        }
    }

    static Tensor fits(String operation, Tensor tensor, long[] shape, Supplier<Tensor> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "%s: tensor has shape %s, does not fit %s"
                            .formatted(operation, text(tensor), Arrays.toString(shape)),
                    e);
        }
    }

    static Tensor indexed(String operation, Tensor table, Tensor indices, Supplier<Tensor> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IllegalArgumentException(
                    "%s: table has shape %s, indices have shape %s: %s"
                            .formatted(operation, text(table), text(indices), reason),
                    e);
        }
    }

    static void matmul(Tensor left, Tensor right) {
        long inner = left.dim() < 1 ? -1 : left.size(-1);
        long outer = right.dim() < 1 ? -2 : right.size(right.dim() < 2 ? -1 : -2);
        if (inner != outer) {
            throw new IllegalArgumentException(
                    "matmul: left has shape %s, right has shape %s"
                            .formatted(text(left), text(right)));
        }
    }

    static void addMatmul(Tensor addend, Tensor left, Tensor right) {
        boolean fits =
                left.dim() == 2
                        && right.dim() == 2
                        && left.size(1) == right.size(0)
                        && addend.dim() <= 2
                        && broadcasts(addend, 1, right.size(1))
                        && broadcasts(addend, 2, left.size(0));
        if (!fits) {
            throw new IllegalArgumentException(
                    "addMatmul: addend has shape %s, left %s, right %s"
                            .formatted(text(addend), text(left), text(right)));
        }
    }

    /** Whether the dimension that is {@code fromEnd} from the end is {@code size}, 1 or missing. */
    private static boolean broadcasts(Tensor tensor, int fromEnd, long size) {
        return tensor.dim() < fromEnd
                || tensor.size(-fromEnd) == size
                || tensor.size(-fromEnd) == 1;
    }

    static void layerNorm(Tensor tensor, Tensor gain, Tensor bias) {
        boolean fits =
                tensor.dim() > 0
                        && isVector(gain, tensor.size(-1))
                        && isVector(bias, tensor.size(-1));
        if (!fits) {
            throw new IllegalArgumentException(
                    "layerNorm: tensor has shape %s, gain %s, bias %s"
                            .formatted(text(tensor), text(gain), text(bias)));
        }
    }

    static void dimension(String operation, Tensor tensor, int dimension) {
        if (dimension < -tensor.dim() || dimension >= tensor.dim()) {
            throw new IllegalArgumentException(
                    "%s: tensor has shape %s, no dimension %d"
                            .formatted(operation, text(tensor), dimension));
        }
    }

    static void dimensions(String operation, Tensor tensor, int[] dimensions) {
        for (int dimension : dimensions) {
            dimension(operation, tensor, dimension);
        }
    }

    static void range(String operation, Tensor tensor, int dimension, long from, long to) {
        dimension(operation, tensor, dimension);
        if (from < 0 || to < from || to > tensor.size(dimension)) {
            throw new IllegalArgumentException(
                    "%s: tensor has shape %s, no elements [%d, %d) along dimension %d"
                            .formatted(operation, text(tensor), from, to, dimension));
        }
    }

    static void split(Tensor tensor, int dimension, long size) {
        dimension("split", tensor, dimension);
        if (size < 1 || tensor.size(dimension) % size != 0) {
            throw new IllegalArgumentException(
                    "split: tensor has shape %s, no stretches of %d along dimension %d"
                            .formatted(text(tensor), size, dimension));
        }
    }

    static void concat(List<Tensor> tensors, int dimension) {
        Tensor first = tensors.get(0);
        dimension("concat", first, dimension);
        int along = (int) (dimension < 0 ? dimension + first.dim() : dimension);
        for (Tensor other : tensors) {
            long[] expected = Tensors.shape(first);
            long[] actual = Tensors.shape(other);
            if (actual.length == expected.length) {
                expected[along] = actual[along];
            }
            if (!Arrays.equals(expected, actual)) {
                throw new IllegalArgumentException(
                        "concat along %d: first has shape %s, another has shape %s"
                                .formatted(dimension, text(first), text(other)));
            }
        }
    }

    static void pick(Tensor tensor, Tensor indices) {
        long[] shape = Tensors.shape(tensor);
        boolean fits =
                shape.length > 0
                        && Arrays.equals(
                                Arrays.copyOf(shape, shape.length - 1), Tensors.shape(indices));
        if (!fits) {
            throw new IllegalArgumentException(
                    "pick: tensor has shape %s, indices have shape %s"
                            .formatted(text(tensor), text(indices)));
        }
    }

    static void conv2d(Tensor images, Tensor kernels, Tensor bias) {
        boolean fits =
                images.dim() == 4
                        && kernels.dim() == 4
                        && images.size(1) == kernels.size(1)
                        && bias.dim() == 1
                        && bias.size(0) == kernels.size(0);
        if (!fits) {
            throw new IllegalArgumentException(
                    "conv2d: images have shape %s, kernels %s, bias %s"
                            .formatted(text(images), text(kernels), text(bias)));
        }
    }

    static void images(String operation, Tensor images, int size) {
        if (images.dim() != 4 || images.size(2) < size || images.size(3) < size) {
            throw new IllegalArgumentException(
                    "%s: images have shape %s, pooled by [%d, %d]"
                            .formatted(operation, text(images), size, size));
        }
    }

    static void groupNorm(Tensor images, Tensor gain, Tensor bias, int groups) {
        boolean fits =
                images.dim() == 4
                        && groups > 0
                        && images.size(1) % groups == 0
                        && isVector(gain, images.size(1))
                        && isVector(bias, images.size(1));
        if (!fits) {
            throw new IllegalArgumentException(
                    "groupNorm in %d groups: images have shape %s, gain %s, bias %s"
                            .formatted(groups, text(images), text(gain), text(bias)));
        }
    }

    private static boolean isVector(Tensor tensor, long length) {
        return tensor.dim() == 1 && tensor.size(0) == length;
    }

    private static String text(Tensor tensor) {
        return Arrays.toString(Tensors.shape(tensor));
    }
}
