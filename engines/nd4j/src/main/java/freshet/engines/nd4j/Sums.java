package freshet.engines.nd4j;

import freshet.learners.tensor.Shapes;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Matrix products and sums. Sums of many elements are products with ones: ND4J's own reductions are
 * twenty times slower over leading dimensions.
 */
final class Sums {

    /** Below so many elements a call costs more than the sum. */
    private static final long FEW = 2048;

    /** A longer sum is one of sums: added up one after another, 1000 floats lose two digits. */
    private static final long LONGEST = 64;

    /** Rows of a product that are computed together where each row must stand for itself. */
    private static final long BLOCK = 8;

    private static final long MOST_ROWS = 64;

    private final Graph graph;
    private final boolean rowsApart;

    /**
     * @param rowsApart whether a row's bits must not depend on how many others there are: products
     *     of up to {@value #MOST_ROWS} rows, a multiple of {@value #BLOCK}, then go block by block,
     *     and sums are ND4J's
     */
    Sums(Graph graph, boolean rowsApart) {
        this.graph = graph;
        this.rowsApart = rowsApart;
    }

    /**
     * {@code left right}, each transposed if asked.
     *
     * @param left {@code [N, M]} or {@code [B, N, M]}
     * @param right {@code [M, P]} or {@code [B, M, P]}
     * @return {@code [B, N, P]} if one has a B, else {@code [N, P]}
     */
    Node matmul(Node left, Node right, boolean transposeLeft, boolean transposeRight) {
        long n = left.size(transposeLeft ? -1 : -2);
        long m = left.size(transposeLeft ? -2 : -1);
        long p = right.size(transposeRight ? -2 : -1);
        long[] integers = {transposeLeft ? 1 : 0, transposeRight ? 1 : 0, 0};
        long[] shape;
        if (left.rank() == 2 && right.rank() == 2) {
            shape = new long[] {n, p};
        } else {
            shape = new long[] {left.rank() == 3 ? left.size(0) : right.size(0), n, p};
        }
        if (m == 0) {
            return graph.filled(0, shape);
        }
        return graph.operation(
                shape,
                (steps, in, out) -> {
                    if (left.rank() == 2 && right.rank() == 2 && inBlocks(left, transposeLeft)) {
                        for (long row = 0; row < n; row += BLOCK) {
                            INDArray rows = Buffers.slice(in[0], 0, row, row + BLOCK);
                            INDArray target = Buffers.slice(out, 0, row, row + BLOCK);
                            steps.add("matmul", new INDArray[] {rows, in[1]}, target, integers);
                        }
                        return;
                    }
                    if (left.rank() == right.rank()) {
                        steps.add("matmul", in, out, integers);
                        return;
                    }
                    for (long b = 0; b < shape[0]; b++) {
                        INDArray[] one = {matrix(in[0], b), matrix(in[1], b)};
                        steps.add("matmul", one, matrix(out, b), integers);
                    }
                },
                left,
                right);
    }

    private boolean inBlocks(Node left, boolean transposed) {
        long rows = left.size(0);
        return rowsApart && !transposed && rows % BLOCK == 0 && rows <= MOST_ROWS;
    }

    /** Sum over B of products of {@code [B, N, M]} and {@code [B, M, P]}: {@code [N, P]}. */
    Node sumOfProducts(Node left, Node right, boolean transposeLeft, boolean transposeRight) {
        long n = left.size(transposeLeft ? -1 : -2);
        long p = right.size(transposeRight ? -2 : -1);
        long[] integers = {transposeLeft ? 1 : 0, transposeRight ? 1 : 0, 0};
        return graph.operation(
                new long[] {n, p},
                (steps, in, out) -> {
                    for (long b = 0; b < left.size(0); b++) {
                        INDArray[] one = {matrix(in[0], b), matrix(in[1], b)};
                        double[] addToWhatIsThere = {1, b == 0 ? 0 : 1};
                        steps.add("matmul", one, out, integers, addToWhatIsThere, new boolean[] {});
                    }
                },
                left,
                right);
    }

    private static INDArray matrix(INDArray of, long index) {
        if (of.rank() == 2) {
            return of;
        }
        long size = of.size(1) * of.size(2);
        return Buffers.view(of, of.offset() + index * size, of.size(1), of.size(2));
    }

    /** Sum over dimensions, which count from 0; they are gone from the result. */
    Node sum(Node of, int... dimensions) {
        boolean[] reduced = reduced(of, dimensions);
        long[] shape = shape(of.shape, reduced, false);
        if (of.count() == 0) {
            return graph.filled(0, shape);
        }
        Node rest = of;
        int last = reduced.length;
        while (last > 0) { // a run of neighbours at a time, from the end
            if (!reduced[last - 1]) {
                last--;
                continue;
            }
            int first = last;
            while (first > 0 && reduced[first - 1]) {
                first--;
            }
            rest = sumRun(rest, first, last);
            last = first;
        }
        return graph.reshape(rest, shape);
    }

    /** Sum over the neighbouring dimensions [first, last). */
    private Node sumRun(Node of, int first, int last) {
        long outer = Shapes.count(Arrays.copyOf(of.shape, first));
        long count = Shapes.count(Arrays.copyOfRange(of.shape, first, last));
        long inner = Shapes.count(Arrays.copyOfRange(of.shape, last, of.rank()));
        long[] shape = Arrays.copyOf(of.shape, first + of.rank() - last);
        System.arraycopy(of.shape, last, shape, first, of.rank() - last);
        if (count == 1) {
            return graph.reshape(of, shape);
        }
        long part = count > LONGEST ? middleDivisor(count) : 1;
        if (part > 1) { // the sum over one part first, then over the sums
            long[] parts = {outer, count / part, part * inner};
            Node sums = sumRun(graph.reshape(of, parts), 1, 2); // [outer, part inner]
            return graph.reshape(sumRun(graph.reshape(sums, outer, part, inner), 1, 2), shape);
        }
        if (rowsApart || of.count() < FEW || outer > 1 && inner > 1) {
            Node flat = graph.reshape(of, outer, count, inner);
            Node sums =
                    graph.operation(
                            new long[] {outer, inner},
                            (steps, in, out) ->
                                    steps.add(
                                            "reduce_sum",
                                            in,
                                            out,
                                            new long[] {1},
                                            new double[] {},
                                            new boolean[] {false}),
                            flat);
            return graph.reshape(sums, shape);
        }
        Node sums =
                inner == 1
                        ? matmul(
                                graph.reshape(of, outer, count),
                                graph.filled(1, count, 1),
                                false,
                                false)
                        : matmul(
                                graph.filled(1, 1, count),
                                graph.reshape(of, count, inner),
                                false,
                                false);
        return graph.reshape(sums, shape);
    }

    /** The divisor next to the square root from below; 1 of a prime. */
    private static long middleDivisor(long count) {
        long divisor = (long) Math.sqrt((double) count);
        while (count % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    Node sumAll(Node of) {
        int[] all = new int[of.rank()];
        Arrays.setAll(all, i -> i);
        return sum(of, all);
    }

    /** The same, the dimensions kept with size 1. */
    Node sumKeep(Node of, int... dimensions) {
        return graph.reshape(sum(of, dimensions), shape(of.shape, reduced(of, dimensions), true));
    }

    Node meanKeep(Node of, int dimension) {
        return graph.multiply(sumKeep(of, dimension), 1.0 / of.shape[dimension]);
    }

    /** The reverse of a broadcast: sums {@code of} so that {@code shape} is left. */
    Node sumTo(Node of, long... shape) {
        if (Arrays.equals(of.shape, shape)) {
            return of;
        }
        int extra = of.rank() - shape.length;
        int[] dimensions = new int[of.rank()];
        int found = 0;
        for (int i = 0; i < of.rank(); i++) {
            if (i < extra || shape[i - extra] == 1 && of.shape[i] != 1) {
                dimensions[found++] = i;
            }
        }
        return graph.reshape(sum(of, Arrays.copyOf(dimensions, found)), shape);
    }

    private static boolean[] reduced(Node of, int... dimensions) {
        boolean[] reduced = new boolean[of.rank()];
        for (int dimension : dimensions) {
            reduced[dimension] = true;
        }
        return reduced;
    }

    private static long[] shape(long[] of, boolean[] reduced, boolean keep) {
        long[] shape = new long[of.length];
        int rank = 0;
        for (int i = 0; i < of.length; i++) {
            if (!reduced[i]) {
                shape[rank++] = of[i];
            } else if (keep) {
                shape[rank++] = 1;
            }
        }
        return Arrays.copyOf(shape, rank);
    }
}
