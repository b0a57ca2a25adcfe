package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;
import freshet.engines.nd4j.Node.Kind;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.floating.RSqrt;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log1p;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;

/** Functions of one tensor with their derivatives, each composed of operations that are right. */
final class Functions {

    private final Graph graph;
    private final Sums sums;

    Functions(Graph graph, Sums sums) {
        this.graph = graph;
        this.sums = sums;
    }

    /**
     * @param pull from the gradient of the value to that of {@code of}
     */
    private Node tracked(Node value, Node of, UnaryOperator<Node> pull) {
        return graph.track(value, new Edge(of, pull, -1));
    }

    /** {@code value}, or NaN where {@code of} is NaN: ND4J's extremes drop it. */
    Node orNotANumber(Node value, Node of) {
        Node isNumber =
                graph.operation(
                        Kind.FLAGS,
                        of.shape,
                        (steps, in, out) -> steps.add("equals", new INDArray[] {in[0], in[0]}, out),
                        of);
        return graph.select(isNumber, value, of);
    }

    private Node step(Node of) {
        return graph.single(Step::new, of);
    }

    Node clamp(Node of, double low, double high) {
        Node below = graph.single((in, out) -> Elements.minimum(in, out, high), of);
        Node value = graph.single((in, out) -> Elements.maximum(in, out, low), below);
        return tracked(
                orNotANumber(value, of),
                of,
                d -> {
                    Node above = step(graph.add(of, -high));
                    Node under = step(graph.add(graph.multiply(of, -1), low));
                    Node inside = graph.add(graph.multiply(graph.add(above, under), -1), 1);
                    return graph.multiply(d, inside);
                });
    }

    Node exp(Node of) {
        Node value = graph.single(Exp::new, of);
        return tracked(value, of, d -> graph.multiply(d, value));
    }

    Node log(Node of) {
        return tracked(graph.single(Log::new, of), of, d -> graph.divide(d, of));
    }

    Node sqrt(Node of) {
        Node value = graph.single(Sqrt::new, of);
        return tracked(value, of, d -> graph.multiply(graph.divide(d, value), 0.5));
    }

    Node reciprocalSqrt(Node of) {
        Node value = graph.single(RSqrt::new, of);
        return tracked(
                value,
                of,
                d -> {
                    Node cube = graph.multiply(graph.single(Square::new, value), value);
                    return graph.multiply(graph.multiply(d, cube), -0.5);
                });
    }

    Node square(Node of) {
        return tracked(
                graph.single(Square::new, of), of, d -> graph.multiply(graph.multiply(d, of), 2));
    }

    Node abs(Node of) {
        return tracked(
                graph.single(Abs::new, of),
                of,
                d -> graph.multiply(d, graph.single(Sign::new, of)));
    }

    Node tanh(Node of) {
        Node value = graph.single(Tanh::new, of);
        return tracked(
                value,
                of,
                d -> graph.subtract(d, graph.multiply(d, graph.single(Square::new, value))));
    }

    Node sigmoid(Node of) {
        Node value = graph.single(Sigmoid::new, of);
        return tracked(
                value,
                of,
                d -> {
                    Node slope = graph.subtract(value, graph.single(Square::new, value));
                    return graph.multiply(d, slope);
                });
    }

    /** By the operation that keeps a NaN. */
    Node relu(Node of) {
        return tracked(
                graph.single((in, out) -> new RectifiedLinear(in, out, 0), of),
                of,
                d -> graph.multiply(d, step(of)));
    }

    Node elu(Node of) {
        Node value = graph.single("elu", of);
        return tracked(
                value,
                of,
                d -> { // 1 above 0, and below exp(x), which is the value + 1
                    Node below = graph.single((in, out) -> Elements.minimum(in, out, 0), value);
                    return graph.multiply(d, graph.add(below, 1));
                });
    }

    /** {@code max(x, 0) + ln(1 + exp(-|x|))}. */
    Node softplus(Node of) {
        Node negative = graph.multiply(graph.single(Abs::new, of), -1);
        Node rest = graph.single(Log1p::new, graph.single(Exp::new, negative));
        Node above = graph.single((in, out) -> Elements.maximum(in, out, 0), of);
        return tracked(
                graph.add(above, rest), of, d -> graph.multiply(d, graph.single(Sigmoid::new, of)));
    }

    Node gelu(Node of) {
        Node distribution = // of the normal
                graph.multiply(
                        graph.add(graph.single(Erf::new, graph.multiply(of, Math.sqrt(0.5))), 1),
                        0.5);
        return tracked(
                graph.multiply(of, distribution),
                of,
                d -> {
                    Node exponent = graph.multiply(graph.single(Square::new, of), -0.5);
                    Node density =
                            graph.multiply(
                                    graph.single(Exp::new, exponent), 1 / Math.sqrt(2 * Math.PI));
                    Node slope = graph.add(distribution, graph.multiply(of, density));
                    return graph.multiply(d, slope);
                });
    }

    // Over one dimension, which counts from 0.

    Node max(Node of, boolean keep, int dimension) {
        long[] kept = of.shape.clone();
        kept[dimension] = 1;
        Node value = // [..., 1, ...]
                orNotANumber(greatest(of, dimension), sums.sumKeep(of, dimension));
        return tracked(
                keep ? value : graph.reshape(value, dropped(kept, dimension)),
                of,
                d -> graph.multiply(graph.reshape(d, kept), first(of, dimension)));
    }

    private static long[] dropped(long[] shape, int dimension) {
        long[] dropped = Arrays.copyOf(shape, shape.length - 1);
        System.arraycopy(shape, dimension + 1, dropped, dimension, dropped.length - dimension);
        return dropped;
    }

    private Node greatest(Node of, int dimension) {
        long[] kept = of.shape.clone();
        kept[dimension] = 1;
        return graph.operation(
                kept,
                (steps, in, out) ->
                        steps.add(
                                "reduce_max",
                                in,
                                out,
                                new long[] {dimension},
                                new double[] {},
                                new boolean[] {true}),
                of);
    }

    /** 1 at the first of the greatest elements, else 0. */
    private Node first(Node of, int dimension) {
        long[] rest = dropped(of.shape, dimension);
        Node index =
                graph.operation(
                        Kind.INDICES,
                        rest,
                        (steps, in, out) -> steps.add("argmax", in, out, dimension),
                        of);
        return graph.operation(
                of.shape,
                (steps, in, out) ->
                        steps.add(
                                "onehot",
                                in,
                                out,
                                new long[] {dimension, of.shape[dimension]},
                                new double[] {1, 0},
                                new boolean[] {}),
                index);
    }

    Node logSumExp(Node of, boolean keep, int dimension) {
        Node value = logSum(of, dimension);
        return tracked(
                keep ? value : graph.reshape(value, dropped(value.shape, dimension)),
                of,
                d ->
                        graph.multiply(
                                graph.reshape(d, value.shape),
                                graph.single(Exp::new, graph.subtract(of, value))));
    }

    /** The dimension is kept with size 1. */
    private Node logSum(Node of, int dimension) {
        Node greatest = greatest(of, dimension);
        Node shares = graph.single(Exp::new, graph.subtract(of, greatest));
        return graph.add(graph.single(Log::new, sums.sumKeep(shares, dimension)), greatest);
    }

    Node softmax(Node of, int dimension) {
        Node shares = graph.single(Exp::new, graph.subtract(of, greatest(of, dimension)));
        Node value = graph.divide(shares, sums.sumKeep(shares, dimension));
        return tracked(
                value,
                of,
                d -> {
                    Node mean = sums.sumKeep(graph.multiply(d, value), dimension);
                    return graph.multiply(value, graph.subtract(d, mean));
                });
    }

    Node logSoftmax(Node of, int dimension) {
        Node value = graph.subtract(of, logSum(of, dimension));
        return tracked(
                value,
                of,
                d -> {
                    Node sum = sums.sumKeep(d, dimension);
                    return graph.subtract(d, graph.multiply(graph.single(Exp::new, value), sum));
                });
    }

    /** Mean 0 and variance 1 along the last dimension. */
    Node layerNorm(Node of, double epsilon) {
        int last = of.rank() - 1;
        Node centred = graph.subtract(of, sums.meanKeep(of, last));
        Node variance = sums.meanKeep(graph.single(Square::new, centred), last);
        Node scale = graph.single(RSqrt::new, graph.add(variance, epsilon));
        Node value = graph.multiply(centred, scale);
        return tracked(
                value,
                of,
                d -> {
                    Node along = sums.meanKeep(graph.multiply(d, value), last);
                    Node rest =
                            graph.subtract(
                                    graph.subtract(d, sums.meanKeep(d, last)),
                                    graph.multiply(value, along));
                    return graph.multiply(rest, scale);
                });
    }
}
