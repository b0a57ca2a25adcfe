package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Kind;
import freshet.engines.nd4j.Node.Source;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Outputs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph made ready to run again and again: what is needed, in order, each value with its place in
 * memory. A place is used again once its value is not needed any more.
 */
final class Plan implements AutoCloseable {

    private final Buffers buffers;
    private final Steps steps = new Steps();
    private final Map<String, HostCopy> inputs = new LinkedHashMap<>();
    private final Map<String, Result> results = new LinkedHashMap<>();
    private final Map<Node, INDArray> arrays = new HashMap<>(); // looked up, never iterated
    private final Map<Node, Integer> lastUse = new HashMap<>();

    private record Result(HostCopy copy, int count) {}

    /** A value and the array that it is to be copied into. */
    record Target(Node value, INDArray into) {}

    /**
     * @param results values to bring back
     */
    Plan(
            Nd4jEngine engine,
            Graph graph,
            Map<Node, INDArray> parameters,
            Map<String, Node> inputs,
            Map<String, Node> results,
            List<Target> targets) {
        this.buffers = new Buffers(engine);
        List<Node> needed = new ArrayList<>(results.values());
        targets.forEach(target -> needed.add(target.value()));
        List<Node> order = order(needed);
        arrays.putAll(parameters);
        inputs.forEach(
                (name, node) -> {
                    if (node.count() > 0) {
                        INDArray array = buffers.allocate(type(node.kind), node.shape);
                        arrays.put(node, array);
                        this.inputs.put(name, HostCopy.of(array));
                    }
                });
        graph.constants()
                .forEach(
                        (node, values) -> {
                            if (order.contains(node) && values.length > 0) {
                                INDArray array = buffers.allocate(DataType.FLOAT, node.shape);
                                HostCopy.of(array).write(values);
                                arrays.put(node, array);
                            }
                        });
        place(order, needed);
        for (Node node : order) {
            if (node.source == Source.OPERATION && node.count() > 0) {
                INDArray[] in = node.inputs.stream().map(arrays::get).toArray(INDArray[]::new);
                node.kernel.bind(steps, in, arrays.get(node));
            }
        }
        for (Target target : targets) {
            INDArray into = target.into();
            INDArray value = arrays.get(target.value());
            steps.add("assign", new INDArray[] {into, value}, into);
        }
        results.forEach(
                (name, node) ->
                        this.results.put(
                                name,
                                new Result(
                                        node.count() == 0 ? null : HostCopy.of(arrays.get(node)),
                                        Math.toIntExact(node.count()))));
    }

    /** All that {@code needed} depends on, each after what it depends on. */
    private static List<Node> order(List<Node> needed) {
        TreeSet<Node> found = new TreeSet<>(Comparator.comparingInt((Node node) -> node.id));
        List<Node> pending = new ArrayList<>(needed);
        while (!pending.isEmpty()) {
            Node node = pending.remove(pending.size() - 1);
            if (found.add(node)) {
                pending.addAll(node.inputs);
            }
        }
        return new ArrayList<>(found);
    }

    private static DataType type(Kind kind) {
        return switch (kind) {
            case FLOATS -> DataType.FLOAT;
            case INDICES -> DataType.INT64;
            case FLAGS -> DataType.BOOL;
        };
    }

    /** Whose memory the node's value lies in. */
    private static Node root(Node node) {
        Node root = node;
        while (root.source == Source.VIEW) {
            root = root.inputs.get(0);
        }
        return root;
    }

    private static long offset(Node node) {
        long offset = 0;
        for (Node at = node; at.source == Source.VIEW; at = at.inputs.get(0)) {
            offset += at.offset;
        }
        return offset;
    }

    /** Gives every node of {@code order} that is no leaf its array. */
    private void place(List<Node> order, List<Node> needed) {
        order.forEach(node -> node.inputs.forEach(input -> lastUse.put(root(input), node.id)));
        needed.forEach(node -> lastUse.put(root(node), Integer.MAX_VALUE));
        var placement = new Placement();
        Map<Node, Long> offsets = new HashMap<>();
        for (Node node : order) {
            if (shares(node)) {
                offsets.put(node, placement.take(node.count()));
            }
            node.inputs.stream()
                    .map(Plan::root)
                    .distinct()
                    .filter(input -> shares(input) && lastUse.get(input) == node.id)
                    .forEach(input -> placement.release(offsets.get(input), input.count()));
        }
        INDArray memory = buffers.allocate(DataType.FLOAT, Math.max(1, placement.size()));
        for (Node node : order) {
            if (node.count() == 0 || node.source == Source.LEAF) {
                continue;
            }
            if (node.source == Source.VIEW) {
                arrays.put(node, view(node));
            } else if (shares(node)) {
                arrays.put(node, Buffers.view(memory, offsets.get(node), node.shape));
            } else {
                arrays.put(node, buffers.allocate(type(node.kind), node.shape));
            }
        }
    }

    private static boolean shares(Node node) {
        return node.source == Source.OPERATION && node.kind == Kind.FLOATS && node.count() > 0;
    }

    private INDArray view(Node node) {
        INDArray of = arrays.get(root(node));
        return Buffers.view(of, of.offset() + offset(node), node.shape);
    }

    Outputs run(Inputs values) {
        values.arrays()
                .forEach(
                        (name, array) -> {
                            HostCopy copy = inputs.get(name);
                            if (copy != null && array.floats() != null) {
                                copy.write(array.floats());
                            } else if (copy != null) {
                                copy.write(wide(array.integers()));
                            }
                        });
        steps.run();
        Map<String, float[]> read = new LinkedHashMap<>();
        results.forEach(
                (name, result) -> {
                    float[] out = new float[result.count()];
                    if (result.copy() != null) {
                        result.copy().read(out);
                    }
                    read.put(name, out);
                });
        return new Outputs(read);
    }

    private static long[] wide(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    @Override
    public void close() {
        buffers.close();
    }
}
