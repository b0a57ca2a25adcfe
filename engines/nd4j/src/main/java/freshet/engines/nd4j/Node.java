package freshet.engines.nd4j;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One value of a {@link Graph}: its shape, how it is computed, and how a gradient goes back through
 * it. It holds no memory; a {@link Plan} gives it some.
 */
final class Node {

    /** What its elements are. */
    enum Kind {
        FLOATS,
        INDICES,
        FLAGS
    }

    /** What the node is, apart from its value's shape. */
    enum Source {
        /** A parameter, an input or a constant: its memory is given. */
        LEAF,
        /** A stretch of another node's elements, in order: it has no memory of its own. */
        VIEW,
        /** What a kernel computes. */
        OPERATION
    }

    /**
     * A way back.
     *
     * @param to an operand that depends on a parameter
     * @param pull from the gradient of the result to that of the operand
     * @param part which stretch of {@code to} the result is, if that was {@link Graph#split}; else
     *     -1
     */
    record Edge(Node to, UnaryOperator<Node> pull, int part) {}

    /**
     * How it was made from stretches of equal size.
     *
     * @param parts how many there are
     */
    record Split(int dimension, int parts) {}

    final int id;
    final Kind kind;
    final Source source;
    final long[] shape;
    final List<Node> inputs;
    final Kernel kernel;
    final long offset;
    final List<Edge> edges;
    final boolean differentiable;

    /** What its stretches are, or null if it was not split. */
    Split split;

    /** The node whose last two dimensions were swapped to make this one, or null. */
    Node swapped;

    Node(
            int id,
            Kind kind,
            Source source,
            long[] shape,
            List<Node> inputs,
            Kernel kernel,
            long offset,
            List<Edge> edges,
            boolean differentiable) {
        this.id = id;
        this.kind = kind;
        this.source = source;
        this.shape = shape;
        this.inputs = inputs;
        this.kernel = kernel;
        this.offset = offset;
        this.edges = edges;
        this.differentiable = differentiable;
    }

    int rank() {
        return shape.length;
    }

    /** Size of a dimension; a negative one counts from the end. */
    long size(int dimension) {
        return shape[dimension < 0 ? dimension + shape.length : dimension];
    }

    long count() {
        return freshet.learners.tensor.Shapes.count(shape);
    }
}
