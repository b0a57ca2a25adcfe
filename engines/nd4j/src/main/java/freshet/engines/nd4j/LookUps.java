package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;
import freshet.engines.nd4j.Node.Kind;
import freshet.learners.tensor.Shapes;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Look-ups by index. Indices are checked before they are used: ND4J's gather reads whatever lies
 * there.
 */
final class LookUps {

    private final Graph graph;

    LookUps(Graph graph) {
        this.graph = graph;
    }

    Node rows(Node table, Node indices) {
        long width = table.size(1);
        Node places = places("rows", table, indices, table.size(0), 0);
        long[] shape = Arrays.copyOf(indices.shape, indices.rank() + 1);
        shape[indices.rank()] = width;
        Node found = graph.reshape(gather(table, places), shape);
        return graph.track(
                found,
                new Edge(
                        table,
                        d -> scatter(graph.reshape(d, places.count(), width), places, table),
                        -1));
    }

    Node pick(Node tensor, Node indices) {
        Node flat = graph.reshape(tensor, tensor.count(), 1);
        Node places = places("pick", tensor, indices, tensor.size(-1), tensor.size(-1));
        Node found = graph.reshape(gather(flat, places), indices.shape);
        return graph.track(
                found,
                new Edge(
                        tensor,
                        d ->
                                graph.reshape(
                                        scatter(graph.reshape(d, places.count(), 1), places, flat),
                                        tensor.shape),
                        -1));
    }

    /**
     * The index of element i plus i strides; {@code [N]}.
     *
     * @param bound above every index
     */
    private Node places(String operation, Node table, Node indices, long bound, long stride) {
        return graph.operation(
                Kind.INDICES,
                new long[] {indices.count()},
                (steps, in, out) -> {
                    HostCopy from = HostCopy.of(in[0]);
                    HostCopy to = HostCopy.of(out);
                    long[] values = new long[Math.toIntExact(indices.count())];
                    steps.add(
                            () -> {
                                from.read(values);
                                for (int i = 0; i < values.length; i++) {
                                    if (values[i] < 0 || values[i] >= bound) {
                                        throw Shapes.lookUp(
                                                operation,
                                                table.shape,
                                                indices.shape,
                                                "index %d is not in [0, %d)"
                                                        .formatted(values[i], bound));
                                    }
                                    values[i] += i * stride;
                                }
                                to.write(values);
                            });
                },
                indices);
    }

    /** Rows of {@code [N, D]}. */
    private Node gather(Node table, Node places) {
        return graph.operation(
                new long[] {places.count(), table.size(1)},
                (steps, in, out) -> steps.add("gather", in, out, 0),
                table,
                places);
    }

    /** The reverse: rows that are looked up twice get the sum of both. */
    private Node scatter(Node rows, Node places, Node table) {
        return graph.operation(
                table.shape,
                (steps, in, out) -> {
                    steps.add(Elements.fill(out, 0));
                    boolean[] oneByOne = {true}; // or equal indices race
                    steps.add(
                            "scatter_add",
                            new INDArray[] {out, in[1], in[0]},
                            out,
                            Steps.none(),
                            new double[] {},
                            oneByOne);
                },
                rows,
                places);
    }
}
