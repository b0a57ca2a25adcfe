package freshet.learners.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * What every engine checks before it computes, and how it says so: in one line that names the
 * operation, the tensors' roles and their shapes.
 */
public final class Shapes {

    private Shapes() {}

    /** What an element-wise operation of shapes that do not broadcast fails with. */
    public static IllegalArgumentException mismatch(String operation, long[] left, long[] right) {
        return new IllegalArgumentException(
                "%s: left has shape %s, right has shape %s"
                        .formatted(operation, text(left), text(right)));
    }

    /** What a new shape that holds other elements fails with. */
    public static IllegalArgumentException misfit(String operation, long[] shape, long[] wanted) {
        return new IllegalArgumentException(
                "%s: tensor has shape %s, does not fit %s"
                        .formatted(operation, text(shape), text(wanted)));
    }

    /** What a look-up fails with. */
    public static IllegalArgumentException lookUp(
            String operation, long[] table, long[] indices, String reason) {
        return new IllegalArgumentException(
                "%s: table has shape %s, indices have shape %s: %s"
                        .formatted(operation, text(table), text(indices), reason));
    }

    /** Number of elements. */
    public static long count(long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return count;
    }

    /** Both shapes broadcast to one, as NumPy does. */
    public static long[] broadcast(String operation, long[] left, long[] right) {
        long[] joined = new long[Math.max(left.length, right.length)];
        for (int fromEnd = 1; fromEnd <= joined.length; fromEnd++) {
            long a = fromEnd > left.length ? 1 : left[left.length - fromEnd];
            long b = fromEnd > right.length ? 1 : right[right.length - fromEnd];
            if (a != b && a != 1 && b != 1) {
                throw mismatch(operation, left, right);
            }
            joined[joined.length - fromEnd] = a == 1 ? b : a;
        }
        return joined;
    }

    /** Checks that {@code shape} broadcasts to {@code wanted}. */
    public static void broadcastTo(long[] shape, long[] wanted) {
        for (int fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
            boolean fits =
                    fromEnd <= wanted.length
                            && (shape[shape.length - fromEnd] == 1
                                    || shape[shape.length - fromEnd]
                                            == wanted[wanted.length - fromEnd]);
            if (!fits) {
                throw misfit("broadcastTo", shape, wanted);
            }
        }
    }

    public static void matmul(long[] left, long[] right) {
        long inner = left.length < 1 ? -1 : left[left.length - 1];
        long outer = right.length < 1 ? -2 : right[Math.max(0, right.length - 2)];
        if (inner != outer) {
            throw mismatch("matmul", left, right);
        }
    }

    public static void addMatmul(long[] addend, long[] left, long[] right) {
        boolean fits =
                left.length == 2
                        && right.length == 2
                        && left[1] == right[0]
                        && addend.length <= 2
                        && broadcasts(addend, 1, right[1])
                        && broadcasts(addend, 2, left[0]);
        if (!fits) {
            throw new IllegalArgumentException(
                    "addMatmul: addend has shape %s, left %s, right %s"
                            .formatted(text(addend), text(left), text(right)));
        }
    }

    /** Whether the dimension that is {@code fromEnd} from the end is {@code size}, 1 or missing. */
    private static boolean broadcasts(long[] shape, int fromEnd, long size) {
        return shape.length < fromEnd
                || shape[shape.length - fromEnd] == size
                || shape[shape.length - fromEnd] == 1;
    }

    public static void layerNorm(long[] shape, long[] gain, long[] bias) {
        boolean fits =
                shape.length > 0
                        && isVector(gain, shape[shape.length - 1])
                        && isVector(bias, shape[shape.length - 1]);
        if (!fits) {
            throw new IllegalArgumentException(
                    "layerNorm: tensor has shape %s, gain %s, bias %s"
                            .formatted(text(shape), text(gain), text(bias)));
        }
    }

    /** Checks a dimension, which may count from the end; returns it counted from 0. */
    public static int dimension(String operation, long[] shape, int dimension) {
        if (dimension < -shape.length || dimension >= shape.length) {
            throw new IllegalArgumentException(
                    "%s: tensor has shape %s, no dimension %d"
                            .formatted(operation, text(shape), dimension));
        }
        return dimension < 0 ? dimension + shape.length : dimension;
    }

    public static void dimensions(String operation, long[] shape, int[] dimensions) {
        for (int dimension : dimensions) {
            dimension(operation, shape, dimension);
        }
    }

    public static void permute(long[] shape, int[] dimensions) {
        if (dimensions.length != shape.length) {
            throw new IllegalArgumentException(
                    "permute: tensor has shape %s, %d dimensions are named"
                            .formatted(text(shape), dimensions.length));
        }
        dimensions("permute", shape, dimensions);
    }

    public static void range(String operation, long[] shape, int dimension, long from, long to) {
        int along = dimension(operation, shape, dimension);
        if (from < 0 || to < from || to > shape[along]) {
            throw new IllegalArgumentException(
                    "%s: tensor has shape %s, no elements [%d, %d) along dimension %d"
                            .formatted(operation, text(shape), from, to, dimension));
        }
    }

    public static void split(long[] shape, int dimension, long size) {
        int along = dimension("split", shape, dimension);
        if (size < 1 || shape[along] % size != 0) {
            throw new IllegalArgumentException(
                    "split: tensor has shape %s, no stretches of %d along dimension %d"
                            .formatted(text(shape), size, dimension));
        }
    }

    public static void concat(List<long[]> shapes, int dimension) {
        long[] first = shapes.get(0);
        int along = dimension("concat", first, dimension);
        for (long[] other : shapes) {
            long[] expected = first.clone();
            if (other.length == expected.length) {
                expected[along] = other[along];
            }
            if (!Arrays.equals(expected, other)) {
                throw new IllegalArgumentException(
                        "concat along %d: first has shape %s, another has shape %s"
                                .formatted(dimension, text(first), text(other)));
            }
        }
    }

    public static void rows(long[] table) {
        if (table.length != 2) {
            throw new IllegalArgumentException(
                    "rows: table has shape %s, expected [N, D]".formatted(text(table)));
        }
    }

    public static void pick(long[] shape, long[] indices) {
        boolean fits =
                shape.length > 0 && Arrays.equals(Arrays.copyOf(shape, shape.length - 1), indices);
        if (!fits) {
            throw new IllegalArgumentException(
                    "pick: tensor has shape %s, indices have shape %s"
                            .formatted(text(shape), text(indices)));
        }
    }

    public static void conv2d(long[] images, long[] kernels, long[] bias) {
        boolean fits =
                images.length == 4
                        && kernels.length == 4
                        && images[1] == kernels[1]
                        && isVector(bias, kernels[0]);
        if (!fits) {
            throw new IllegalArgumentException(
                    "conv2d: images have shape %s, kernels %s, bias %s"
                            .formatted(text(images), text(kernels), text(bias)));
        }
    }

    public static void pool(String operation, long[] images, int size) {
        if (images.length != 4 || images[2] < size || images[3] < size) {
            throw new IllegalArgumentException(
                    "%s: images have shape %s, pooled by [%d, %d]"
                            .formatted(operation, text(images), size, size));
        }
    }

    public static void groupNorm(long[] images, long[] gain, long[] bias, int groups) {
        boolean fits =
                images.length == 4
                        && groups > 0
                        && images[1] % groups == 0
                        && isVector(gain, images[1])
                        && isVector(bias, images[1]);
        if (!fits) {
            throw new IllegalArgumentException(
                    "groupNorm in %d groups: images have shape %s, gain %s, bias %s"
                            .formatted(groups, text(images), text(gain), text(bias)));
        }
    }

    private static boolean isVector(long[] shape, long length) {
        return shape.length == 1 && shape[0] == length;
    }

    private static String text(long[] shape) {
        return Arrays.toString(shape);
    }
}
