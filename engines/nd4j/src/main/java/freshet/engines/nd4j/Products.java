package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;
import freshet.learners.tensor.Shapes;
import java.util.Arrays;

/** Matrix products of any rank by those of rank 2 and 3. */
final class Products {

    private final Nd4jOps ops;
    private final Graph graph;
    private final Sums sums;

    Products(Nd4jOps ops, Graph graph, Sums sums) {
        this.ops = ops;
        this.graph = graph;
        this.sums = sums;
    }

    Node matmul(Node left, Node right) {
        if (left.rank() == 1) {
            return dropDimension(matmul(ops.reshape(left, 1, left.size(0)), right), right);
        }
        if (right.rank() == 1) {
            return ops.reshape(
                    matmul(left, ops.reshape(right, right.size(0), 1)),
                    Arrays.copyOf(left.shape, left.rank() - 1));
        }
        long n = left.size(-2);
        long m = left.size(-1);
        long p = right.size(-1);
        if (right.rank() == 2) {
            Node product = product(ops.reshape(left, left.count() / Math.max(1, m), m), right);
            return ops.reshape(product, joined(left.shape, n, p));
        }
        long[] leading =
                Shapes.broadcast("matmul", leading(left), leading(right)); // batch dimensions
        long batches = Shapes.count(leading);
        Node flatLeft =
                left.rank() == 2
                        ? left
                        : ops.reshape(
                                ops.broadcastTo(left, appended(leading, n, m)), batches, n, m);
        Node flatRight =
                ops.reshape(ops.broadcastTo(right, appended(leading, m, p)), batches, m, p);
        if (right.swapped != null && Arrays.equals(leading, leading(right))) {
            flatRight = ops.reshape(right.swapped, batches, p, m);
            return ops.reshape(product(flatLeft, flatRight, true), appended(leading, n, p));
        }
        return ops.reshape(product(flatLeft, flatRight), appended(leading, n, p));
    }

    /** Drops the one row that a vector on the left was. */
    private Node dropDimension(Node of, Node right) {
        if (right.rank() == 1) {
            return ops.reshape(of);
        }
        long[] shape = Arrays.copyOf(of.shape, of.rank() - 1);
        shape[shape.length - 1] = of.size(-1);
        return ops.reshape(of, shape);
    }

    private static long[] leading(Node of) {
        return Arrays.copyOf(of.shape, of.rank() - 2);
    }

    /** {@code shape} with its last two dimensions replaced. */
    private static long[] joined(long[] shape, long n, long p) {
        return appended(Arrays.copyOf(shape, shape.length - 2), n, p);
    }

    private static long[] appended(long[] leading, long n, long p) {
        long[] shape = Arrays.copyOf(leading, leading.length + 2);
        shape[leading.length] = n;
        shape[leading.length + 1] = p;
        return shape;
    }

    /** Of rank 2; where the right was made by swapping, what it was made of is used. */
    Node product(Node left, Node right) {
        return right.swapped != null
                ? product(left, right.swapped, true)
                : product(left, right, false);
    }

    /**
     * {@code left right} or, if {@code swapped}, {@code left} times {@code right} transposed; of
     * rank 2 or 3, the right of 3 if the left is.
     */
    private Node product(Node left, Node right, boolean swapped) {
        boolean summed = left.rank() < right.rank();
        return graph.track(
                sums.matmul(left, right, false, swapped),
                new Edge(
                        left,
                        d ->
                                summed
                                        ? sums.sumOfProducts(d, right, false, !swapped)
                                        : sums.matmul(d, right, false, !swapped),
                        -1),
                new Edge(
                        right,
                        d ->
                                swapped
                                        ? sums.matmul(d, left, true, false)
                                        : sums.matmul(left, d, true, false),
                        -1));
    }
}
