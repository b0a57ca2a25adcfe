package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Reverse-mode differentiation: adds to the graph what gives the gradient of a scalar. */
final class Gradients {

    private final Graph graph;
    private final Map<Node, Node> whole = new HashMap<>(); // looked up, never iterated
    private final Map<Node, Node[]> parts = new HashMap<>();
    private final PriorityQueue<Node> pending =
            new PriorityQueue<>(Comparator.comparingInt((Node node) -> -node.id));

    private Gradients(Graph graph) {
        this.graph = graph;
    }

    /**
     * @return the gradient of {@code loss} by each of {@code parameters}, in their order; null
     *     where it does not depend on one
     */
    static List<Node> of(Graph graph, Node loss, Iterable<Node> parameters) {
        var gradients = new Gradients(graph);
        if (loss.differentiable) {
            gradients.whole.put(loss, graph.filled(1, loss.shape));
            gradients.pending.add(loss);
            gradients.goBack();
        }
        List<Node> found = new ArrayList<>();
        for (Node parameter : parameters) {
            found.add(gradients.whole.get(parameter));
        }
        return found;
    }

    private void goBack() {
        while (!pending.isEmpty()) {
            Node node = pending.remove(); // all that depend on it came before: their ids are higher
            Node gradient = gradient(node);
            for (Edge edge : node.edges) {
                Node pulled = edge.pull().apply(gradient);
                if (edge.part() < 0) {
                    add(edge.to(), pulled);
                } else {
                    addPart(edge.to(), edge.part(), pulled);
                }
            }
        }
    }

    private void add(Node to, Node gradient) {
        Node before = whole.get(to);
        whole.put(to, before == null ? gradient : graph.add(before, gradient));
        if (before == null && !parts.containsKey(to)) {
            pending.add(to);
        }
    }

    private void addPart(Node to, int part, Node gradient) {
        Node[] ofParts = parts.get(to);
        if (ofParts == null) {
            ofParts = new Node[to.split.parts()];
            parts.put(to, ofParts);
            if (!whole.containsKey(to)) {
                pending.add(to);
            }
        }
        ofParts[part] = ofParts[part] == null ? gradient : graph.add(ofParts[part], gradient);
    }

    private Node gradient(Node node) {
        Node[] ofParts = parts.get(node);
        if (ofParts == null) {
            return whole.get(node);
        }
        long[] shape = node.shape.clone();
        shape[node.split.dimension()] /= ofParts.length;
        List<Node> side = new ArrayList<>();
        for (Node part : ofParts) {
            side.add(part == null ? graph.filled(0, shape) : part);
        }
        return graph.concat(side, node.split.dimension());
    }
}
