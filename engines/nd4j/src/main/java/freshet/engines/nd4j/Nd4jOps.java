package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;
import freshet.engines.nd4j.Node.Kind;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;

/** The operation vocabulary: records into one graph, each operation with its ways back. */
final class Nd4jOps implements Ops<Node> {

    private final Graph graph;
    private final Sums sums;
    private final Functions functions;
    private final LookUps lookUps;
    private final Products products;
    private final Images images;
    private final int rowsTogether;

    /**
     * @param rowsApart see {@link Sums}
     * @param rowsTogether see {@link Program#rowsTogether}
     */
    Nd4jOps(Graph graph, boolean rowsApart, int rowsTogether) {
        this.graph = graph;
        this.rowsTogether = rowsTogether;
        this.sums = new Sums(graph, rowsApart);
        this.functions = new Functions(graph, sums);
        this.lookUps = new LookUps(graph);
        this.products = new Products(this, graph, sums);
        this.images = new Images(graph, sums, functions);
    }

    private static Edge way(Node to, UnaryOperator<Node> pull) {
        return new Edge(to, pull, -1);
    }

    /** A way back through a broadcast. */
    private Edge summed(Node to, UnaryOperator<Node> pull) {
        return way(to, d -> sums.sumTo(pull.apply(d), to.shape));
    }

    @Override
    public long[] shape(Node tensor) {
        return tensor.shape.clone();
    }

    @Override
    public Node constant(float[] values, long... shape) {
        return graph.constant(values.clone(), shape);
    }

    @Override
    public Node scalar(double value) {
        return graph.filled(value);
    }

    @Override
    public Node zeros(long... shape) {
        return graph.filled(0, shape);
    }

    @Override
    public Node add(Node left, Node right) {
        return graph.track(graph.add(left, right), summed(left, d -> d), summed(right, d -> d));
    }

    @Override
    public Node subtract(Node left, Node right) {
        return graph.track(
                graph.subtract(left, right),
                summed(left, d -> d),
                way(right, d -> graph.multiply(sums.sumTo(d, right.shape), -1)));
    }

    @Override
    public Node multiply(Node left, Node right) {
        return graph.track(
                graph.multiply(left, right),
                summed(left, d -> graph.multiply(d, right)),
                summed(right, d -> graph.multiply(d, left)));
    }

    @Override
    public Node divide(Node left, Node right) {
        Node ratio = graph.divide(left, right);
        return graph.track(
                ratio,
                summed(left, d -> graph.divide(d, right)),
                way(
                        right,
                        d -> {
                            Node each = graph.divide(graph.multiply(d, ratio), right);
                            return graph.multiply(sums.sumTo(each, right.shape), -1);
                        }));
    }

    @Override
    public Node minimum(Node left, Node right) {
        return extreme("minimum", left, right, -1);
    }

    @Override
    public Node maximum(Node left, Node right) {
        return extreme("maximum", left, right, 1);
    }

    /** Of two equals each gets half of the gradient, as libtorch has it. */
    private Node extreme(String name, Node left, Node right, int sign) {
        Node result = graph.pair(name, left, right);
        // ND4J drops a NaN on one side.
        result = functions.orNotANumber(result, graph.add(left, right));
        return graph.track(
                result,
                summed(left, d -> graph.multiply(d, share(left, right, sign))),
                summed(right, d -> graph.multiply(d, share(left, right, -sign))));
    }

    private Node share(Node left, Node right, int sign) {
        Node side = graph.single(Sign::new, graph.subtract(left, right));
        return graph.add(graph.multiply(side, 0.5 * sign), 0.5);
    }

    @Override
    public Node greater(Node left, Node right) {
        Node flags =
                graph.operation(
                        Kind.FLAGS,
                        Shapes.broadcast("greater", left.shape, right.shape),
                        (steps, in, out) -> steps.add("greater", in, out),
                        left,
                        right);
        return graph.operation(
                flags.shape,
                (steps, in, out) -> steps.add("cast", in, out, DataType.FLOAT.toInt()),
                flags);
    }

    @Override
    public Node where(Node mask, Node yes, Node no) {
        long[] both = Shapes.broadcast("where", yes.shape, no.shape);
        long[] shape = Shapes.broadcast("where", mask.shape, both);
        Node flags = graph.flags(graph.broadcastTo(mask, shape));
        Node zero = graph.filled(0, shape);
        return graph.track(
                graph.select(flags, graph.broadcastTo(yes, shape), graph.broadcastTo(no, shape)),
                summed(yes, d -> graph.select(flags, d, zero)),
                summed(no, d -> graph.select(flags, zero, d)));
    }

    @Override
    public Node add(Node tensor, double number) {
        return graph.track(graph.add(tensor, number), way(tensor, d -> d));
    }

    @Override
    public Node multiply(Node tensor, double number) {
        return graph.track(
                graph.multiply(tensor, number), way(tensor, d -> graph.multiply(d, number)));
    }

    @Override
    public Node clamp(Node tensor, double low, double high) {
        return functions.clamp(tensor, low, high);
    }

    @Override
    public Node negate(Node tensor) {
        return multiply(tensor, -1);
    }

    @Override
    public Node exp(Node tensor) {
        return functions.exp(tensor);
    }

    @Override
    public Node log(Node tensor) {
        return functions.log(tensor);
    }

    @Override
    public Node sqrt(Node tensor) {
        return functions.sqrt(tensor);
    }

    @Override
    public Node reciprocalSqrt(Node tensor) {
        return functions.reciprocalSqrt(tensor);
    }

    @Override
    public Node square(Node tensor) {
        return functions.square(tensor);
    }

    @Override
    public Node abs(Node tensor) {
        return functions.abs(tensor);
    }

    @Override
    public Node tanh(Node tensor) {
        return functions.tanh(tensor);
    }

    @Override
    public Node sigmoid(Node tensor) {
        return functions.sigmoid(tensor);
    }

    @Override
    public Node relu(Node tensor) {
        return functions.relu(tensor);
    }

    @Override
    public Node elu(Node tensor) {
        return functions.elu(tensor);
    }

    @Override
    public Node softplus(Node tensor) {
        return functions.softplus(tensor);
    }

    @Override
    public Node gelu(Node tensor) {
        return functions.gelu(tensor);
    }

    @Override
    public Node matmul(Node left, Node right) {
        Shapes.matmul(left.shape, right.shape);
        return left.rank() == 2 && right.rank() == 2
                ? inGroups(left, rows -> products.matmul(rows, right))
                : products.matmul(left, right);
    }

    @Override
    public Node addMatmul(Node addend, Node left, Node right) {
        Shapes.addMatmul(addend.shape, left.shape, right.shape);
        return add(inGroups(left, rows -> products.product(rows, right)), addend);
    }

    private Node inGroups(Node rows, UnaryOperator<Node> product) {
        if (rowsTogether == 0 || rows.size(0) % rowsTogether != 0) {
            return product.apply(rows);
        }
        return concat(split(rows, 0, rowsTogether).stream().map(product).toList(), 0);
    }

    @Override
    public Node reshape(Node tensor, long... shape) {
        long[] whole = shape.clone();
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] == -1) { // whatever is left
                whole[i] = 1;
                long others = Shapes.count(whole);
                whole[i] = others == 0 ? 0 : tensor.count() / others;
            }
        }
        if (Shapes.count(whole) != tensor.count()) {
            throw Shapes.misfit("reshape", tensor.shape, shape);
        }
        if (Arrays.equals(whole, tensor.shape)) {
            return tensor;
        }
        return graph.track(
                graph.view(tensor, 0, whole), way(tensor, d -> graph.reshape(d, tensor.shape)));
    }

    @Override
    public Node transpose(Node tensor, int firstDimension, int secondDimension) {
        int first = Shapes.dimension("transpose", tensor.shape, firstDimension);
        int second = Shapes.dimension("transpose", tensor.shape, secondDimension);
        int[] order = new int[tensor.rank()];
        Arrays.setAll(order, i -> i);
        order[first] = second;
        order[second] = first;
        Node result = permute(tensor, order);
        if (first != second && Math.min(first, second) == tensor.rank() - 2) {
            result.swapped = tensor;
        }
        return result;
    }

    @Override
    public Node permute(Node tensor, int... dimensions) {
        Shapes.permute(tensor.shape, dimensions);
        int[] order = new int[dimensions.length];
        int[] back = new int[dimensions.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = Shapes.dimension("permute", tensor.shape, dimensions[i]);
            back[order[i]] = i;
        }
        Node moved = graph.permute(tensor, order);
        if (moved == tensor) {
            return graph.track(graph.view(tensor, 0, tensor.shape), way(tensor, d -> d));
        }
        return graph.track(moved, way(tensor, d -> graph.permute(d, back)));
    }

    @Override
    public Node broadcastTo(Node tensor, long... shape) {
        Shapes.broadcastTo(tensor.shape, shape);
        if (Arrays.equals(tensor.shape, shape)) {
            return tensor;
        }
        return graph.track(graph.broadcastTo(tensor, shape), summed(tensor, d -> d));
    }

    @Override
    public Node slice(Node tensor, int dimension, long from, long to) {
        Shapes.range("slice", tensor.shape, dimension, from, to);
        int along = Shapes.dimension("slice", tensor.shape, dimension);
        if (from == 0 && to == tensor.shape[along]) {
            return tensor;
        }
        return graph.track(
                graph.slice(tensor, along, from, to),
                way(tensor, d -> graph.pad(d, along, from, tensor.shape[along])));
    }

    @Override
    public List<Node> split(Node tensor, int dimension, long size) {
        Shapes.split(tensor.shape, dimension, size);
        int along = Shapes.dimension("split", tensor.shape, dimension);
        int count = Math.toIntExact(tensor.shape[along] / size);
        Node whole = graph.track(graph.view(tensor, 0, tensor.shape), way(tensor, d -> d));
        whole.split = new Node.Split(along, count);
        List<Node> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            Node stretch = graph.slice(whole, along, part * size, (part + 1) * size);
            Node own = stretch == whole ? graph.view(whole, 0, whole.shape) : stretch;
            parts.add(graph.track(own, new Edge(whole, d -> d, part)));
        }
        return parts;
    }

    @Override
    public Node concat(List<Node> tensors, int dimension) {
        Shapes.concat(tensors.stream().map(node -> node.shape).toList(), dimension);
        int along = Shapes.dimension("concat", tensors.get(0).shape, dimension);
        Edge[] ways = new Edge[tensors.size()];
        long at = 0;
        for (int i = 0; i < ways.length; i++) {
            Node one = tensors.get(i);
            long from = at;
            at += one.shape[along];
            ways[i] = way(one, d -> graph.slice(d, along, from, from + one.shape[along]));
        }
        return graph.track(graph.concat(tensors, along), ways);
    }

    @Override
    public Node sum(Node tensor, boolean keep, int... dimensions) {
        int[] along = along("sum", tensor, dimensions);
        Node kept = sums.sumKeep(tensor, along);
        Node result = keep ? kept : sums.sum(tensor, along);
        return graph.track(
                result,
                way(tensor, d -> graph.broadcastTo(graph.reshape(d, kept.shape), tensor.shape)));
    }

    @Override
    public Node mean(Node tensor, boolean keep, int... dimensions) {
        long count = 1;
        for (int dimension : along("mean", tensor, dimensions)) {
            count *= tensor.shape[dimension];
        }
        return multiply(sum(tensor, keep, dimensions), 1.0 / count);
    }

    private static int[] along(String operation, Node tensor, int... dimensions) {
        return Arrays.stream(dimensions)
                .map(dimension -> Shapes.dimension(operation, tensor.shape, dimension))
                .toArray();
    }

    @Override
    public Node max(Node tensor, boolean keep, int dimension) {
        int along = Shapes.dimension("max", tensor.shape, dimension);
        return functions.max(tensor, keep, along);
    }

    @Override
    public Node logSumExp(Node tensor, boolean keep, int dimension) {
        int along = Shapes.dimension("logSumExp", tensor.shape, dimension);
        return functions.logSumExp(tensor, keep, along);
    }

    @Override
    public Node sumAll(Node tensor) {
        return graph.track(
                sums.sumAll(tensor), way(tensor, d -> graph.broadcastTo(d, tensor.shape)));
    }

    @Override
    public Node meanAll(Node tensor) {
        return multiply(sumAll(tensor), 1.0 / tensor.count());
    }

    @Override
    public Node softmax(Node tensor, int dimension) {
        return functions.softmax(tensor, Shapes.dimension("softmax", tensor.shape, dimension));
    }

    @Override
    public Node logSoftmax(Node tensor, int dimension) {
        return functions.logSoftmax(
                tensor, Shapes.dimension("logSoftmax", tensor.shape, dimension));
    }

    @Override
    public Node layerNorm(Node tensor, double epsilon) {
        Shapes.dimension("layerNorm", tensor.shape, -1);
        return functions.layerNorm(tensor, epsilon);
    }

    @Override
    public Node layerNorm(Node tensor, Node gain, Node bias, double epsilon) {
        Shapes.layerNorm(tensor.shape, gain.shape, bias.shape);
        return add(multiply(functions.layerNorm(tensor, epsilon), gain), bias);
    }

    @Override
    public Node rows(Node table, Node indices) {
        Shapes.rows(table.shape);
        return lookUps.rows(table, indices);
    }

    @Override
    public Node pick(Node tensor, Node indices) {
        Shapes.pick(tensor.shape, indices.shape);
        return lookUps.pick(tensor, indices);
    }

    @Override
    public Node conv2d(Node pictures, Node kernels, Node bias, int stride, int padding) {
        Shapes.conv2d(pictures.shape, kernels.shape, bias.shape);
        return add(
                inGroups(pictures, some -> images.conv2d(some, kernels, stride, padding)),
                reshape(bias, bias.count(), 1, 1));
    }

    @Override
    public Node maxPool2d(Node pictures, int size, int stride) {
        Shapes.pool("maxPool2d", pictures.shape, size);
        return images.maxPool(pictures, size, stride);
    }

    @Override
    public Node averagePool2d(Node pictures, int size, int stride) {
        Shapes.pool("averagePool2d", pictures.shape, size);
        return images.averagePool(pictures, size, stride);
    }

    @Override
    public Node groupNorm(Node pictures, Node gain, Node bias, int groups, double epsilon) {
        Shapes.groupNorm(pictures.shape, gain.shape, bias.shape, groups);
        long images = pictures.size(0);
        Node grouped = reshape(pictures, images, groups, pictures.count() / (images * groups));
        Node normed = reshape(functions.layerNorm(grouped, epsilon), pictures.shape);
        long channels = pictures.size(1);
        return add(multiply(normed, reshape(gain, channels, 1, 1)), reshape(bias, channels, 1, 1));
    }

    @Override
    public Node stopGradient(Node tensor) {
        return graph.track(graph.view(tensor, 0, tensor.shape));
    }
}
