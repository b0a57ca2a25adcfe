package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;
import freshet.engines.nd4j.Node.Kind;
import freshet.engines.nd4j.Node.Source;
import freshet.learners.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;

/**
 * Records operations as nodes, numbered in an order in which they can be computed. What is recorded
 * here has no gradient of its own: {@link Nd4jOps} adds the ways back, which are made of the same
 * operations.
 */
final class Graph {

    /** One operation that is applied to each element, into other memory. */
    @FunctionalInterface
    interface Single {
        Op on(INDArray in, INDArray out);
    }

    private static final List<Node> NONE = List.of();

    private final Map<Node, float[]> constants = new LinkedHashMap<>();
    private final Map<String, Node> filled = new HashMap<>();
    private int made;

    /** Values of the constants made so far. */
    Map<Node, float[]> constants() {
        return constants;
    }

    private Node make(
            Kind kind, Source source, long[] shape, List<Node> inputs, Kernel kernel, long offset) {
        return new Node(made++, kind, source, shape, inputs, kernel, offset, List.of(), false);
    }

    Node leaf(Kind kind, boolean differentiable, long... shape) {
        return new Node(
                made++, kind, Source.LEAF, shape.clone(), NONE, null, 0, List.of(), differentiable);
    }

    Node constant(float[] values, long... shape) {
        Node node = leaf(Kind.FLOATS, false, shape);
        constants.put(node, values);
        return node;
    }

    /** All elements alike; one constant per shape and value. */
    Node filled(double value, long... shape) {
        return filled.computeIfAbsent(
                value + Arrays.toString(shape),
                key -> {
                    float[] values = new float[Math.toIntExact(Shapes.count(shape))];
                    Arrays.fill(values, (float) value);
                    return constant(values, shape);
                });
    }

    Node operation(Kind kind, long[] shape, Kernel kernel, Node... inputs) {
        return make(kind, Source.OPERATION, shape, List.of(inputs), kernel, 0);
    }

    Node operation(long[] shape, Kernel kernel, Node... inputs) {
        return operation(Kind.FLOATS, shape, kernel, inputs);
    }

    /** The elements of {@code of} from {@code offset} on, in another shape. */
    Node view(Node of, long offset, long... shape) {
        return make(of.kind, Source.VIEW, shape.clone(), List.of(of), null, offset);
    }

    Node reshape(Node of, long... shape) {
        return Arrays.equals(of.shape, shape) ? of : view(of, 0, shape);
    }

    /** {@code value} with ways back to those of its operands that depend on a parameter. */
    Node track(Node value, Edge... ways) {
        List<Edge> edges = new ArrayList<>();
        for (Edge way : ways) {
            if (way.to().differentiable) {
                edges.add(way);
            }
        }
        if (edges.isEmpty()) {
            return value.differentiable ? view(value, 0, value.shape) : value;
        }
        return new Node(
                made++,
                value.kind,
                Source.VIEW,
                value.shape,
                List.of(value),
                null,
                0,
                List.copyOf(edges),
                true);
    }

    // Element by element.

    Node single(Single operation, Node of) {
        return operation(of.shape, (steps, in, out) -> steps.add(operation.on(in[0], out)), of);
    }

    Node single(String name, Node of) {
        return operation(of.shape, (steps, in, out) -> steps.add(name, in, out), of);
    }

    /** A named operation of two tensors that broadcast. */
    Node pair(String name, Node left, Node right) {
        return operation(
                Shapes.broadcast(name, left.shape, right.shape),
                (steps, in, out) -> steps.add(name, in, out),
                left,
                right);
    }

    Node add(Node left, Node right) {
        return pair("add", left, right);
    }

    Node subtract(Node left, Node right) {
        return pair("subtract", left, right);
    }

    Node multiply(Node left, Node right) {
        return pair("multiply", left, right);
    }

    Node divide(Node left, Node right) {
        return pair("divide", left, right);
    }

    Node add(Node of, double number) {
        return single((in, out) -> Elements.add(in, out, number), of);
    }

    Node multiply(Node of, double number) {
        return number == 1 ? of : single((in, out) -> Elements.multiply(in, out, number), of);
    }

    /** {@code yes} where the flags are set, else {@code no}; all of one shape. */
    Node select(Node flags, Node yes, Node no) {
        return operation(
                yes.shape, (steps, in, out) -> steps.add("select", in, out), flags, yes, no);
    }

    /** Whether each element is not 0. */
    Node flags(Node of) {
        return operation(
                Kind.FLAGS,
                of.shape,
                (steps, in, out) -> steps.add("cast", in, out, DataType.BOOL.toInt()),
                of);
    }

    // Shape.

    Node permute(Node of, int... dimensions) {
        long[] shape = new long[dimensions.length];
        long[] order = new long[dimensions.length];
        boolean inOrder = true; // those of more than one element are
        int last = -1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = of.shape[dimensions[i]];
            order[i] = dimensions[i];
            if (shape[i] != 1) {
                inOrder &= dimensions[i] > last;
                last = dimensions[i];
            }
        }
        if (inOrder) {
            return reshape(of, shape);
        }
        return operation(
                of.kind, shape, (steps, in, out) -> steps.add("permute", in, out, order), of);
    }

    Node swapLastTwo(Node of) {
        int[] order = new int[of.rank()];
        Arrays.setAll(order, i -> i);
        order[order.length - 1] = order.length - 2;
        order[order.length - 2] = order.length - 1;
        return permute(of, order);
    }

    Node broadcastTo(Node of, long... shape) {
        if (Arrays.equals(of.shape, shape)) {
            return of;
        }
        if (Shapes.count(shape) == of.count()) {
            return reshape(of, shape);
        }
        return operation(
                shape,
                (steps, in, out) -> {
                    steps.add(Elements.fill(out, 0));
                    steps.add("add", new INDArray[] {out, in[0]}, out);
                },
                of);
    }

    /** Elements [from, to) along a dimension that counts from 0. */
    Node slice(Node of, int dimension, long from, long to) {
        if (from == 0 && to == of.shape[dimension]) {
            return of;
        }
        long[] shape = of.shape.clone();
        shape[dimension] = to - from;
        if (stretches(of, dimension) == 1) {
            return view(of, from * inner(of, dimension), shape);
        }
        return operation(
                of.kind,
                shape,
                (steps, in, out) ->
                        steps.add(
                                "assign",
                                new INDArray[] {out, Buffers.slice(in[0], dimension, from, to)},
                                out),
                of);
    }

    /** The reverse of a slice: zeros around {@code of}. */
    Node pad(Node of, int dimension, long from, long size) {
        if (size == of.shape[dimension]) {
            return of;
        }
        long[] shape = of.shape.clone();
        shape[dimension] = size;
        long to = from + of.shape[dimension];
        return operation(
                shape,
                (steps, in, out) -> {
                    steps.add(Elements.fill(out, 0));
                    if (to > from) {
                        INDArray target = Buffers.slice(out, dimension, from, to);
                        steps.add("assign", new INDArray[] {target, in[0]}, target);
                    }
                },
                of);
    }

    /** Side by side along a dimension that counts from 0; those without elements are left out. */
    Node concat(List<Node> nodes, int dimension) {
        long size = nodes.stream().mapToLong(node -> node.shape[dimension]).sum();
        Node[] some = nodes.stream().filter(node -> node.count() > 0).toArray(Node[]::new);
        if (some.length == 0) {
            return nodes.get(0);
        }
        if (some.length == 1) {
            return some[0];
        }
        long[] shape = some[0].shape.clone();
        shape[dimension] = size;
        return operation(
                some[0].kind,
                shape,
                (steps, in, out) -> steps.add("concat", in, out, dimension),
                some);
    }

    /** Number of stretches without gaps that a slice along the dimension consists of. */
    private static long stretches(Node of, int dimension) {
        return Shapes.count(Arrays.copyOf(of.shape, dimension));
    }

    private static long inner(Node of, int dimension) {
        return Shapes.count(Arrays.copyOfRange(of.shape, dimension + 1, of.rank()));
    }
}
