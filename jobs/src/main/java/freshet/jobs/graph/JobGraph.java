package freshet.jobs.graph;

import freshet.pipelines.KafkaSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;

/**
 * Steps and topics of a job, read from Flink's own graph of it. Steps that are connected within
 * Flink make a {@link Branch}; branches meet only in topics.
 */
public final class JobGraph {

    /**
     * A step, or a topic if {@code parallelism} is 0.
     *
     * @param branch number of the branch; -1 for a topic
     */
    public record Node(int id, String name, int parallelism, int branch) {
        boolean isTopic() {
            return parallelism == 0;
        }
    }

    /**
     * What flows.
     *
     * @param label how records are spread over subtasks, or which side output it is; may be empty
     */
    public record Edge(Node from, Node to, String label) {}

    private final Map<Integer, Node> nodes = new LinkedHashMap<>();
    private final Map<String, Node> topics = new LinkedHashMap<>();
    private final List<Edge> edges = new ArrayList<>();
    private int branches;

    private JobGraph() {}

    /** Reads {@code graph}; sources and sinks are told by the names that KafkaEndpoints gives. */
    public static JobGraph of(StreamGraph graph, KafkaSettings kafka) {
        JobGraph result = new JobGraph();
        result.read(graph, kafka);
        return result;
    }

    private void read(StreamGraph graph, KafkaSettings kafka) {
        List<StreamNode> all = new ArrayList<>(graph.getStreamNodes());
        all.sort(Comparator.comparingInt(StreamNode::getId));
        Map<Integer, Integer> branchOf = branches(all);
        for (StreamNode step : all) {
            nodes.put(
                    step.getId(),
                    new Node(
                            step.getId(),
                            name(step),
                            step.getParallelism(),
                            branchOf.get(step.getId())));
        }
        for (StreamNode step : all) {
            Node node = nodes.get(step.getId());
            if (step.getInEdges().isEmpty()) {
                edges.add(new Edge(topic(sourceTopic(node.name(), kafka)), node, ""));
            }
            for (StreamEdge edge : step.getOutEdges()) {
                if (isCommitter(graph.getStreamNode(edge.getTargetId()))) {
                    continue; // the second half of an exactly-once sink
                }
                String label =
                        edge.getOutputTag() != null
                                ? edge.getOutputTag().getId()
                                : partitioning(edge);
                edges.add(new Edge(node, nodes.get(edge.getTargetId()), label));
            }
            if (isSink(step)) {
                edges.add(new Edge(node, topic(sinkTopic(node.name())), ""));
            }
        }
        all.stream().filter(JobGraph::isCommitter).forEach(step -> nodes.remove(step.getId()));
    }

    private static String sourceTopic(String source, KafkaSettings kafka) {
        return switch (source.substring(0, source.indexOf(' '))) {
            case "models" -> kafka.modelsTopic();
            case "labels" -> kafka.labelsTopic();
            case "telemetry" -> kafka.telemetryTopic();
            default -> kafka.observationsTopic();
        };
    }

    /** Connected steps get a common number, counted in the order of their first step. */
    private Map<Integer, Integer> branches(List<StreamNode> all) {
        Map<Integer, Set<Integer>> neighbours = new LinkedHashMap<>();
        for (StreamNode step : all) {
            neighbours.computeIfAbsent(step.getId(), unused -> new TreeSet<>());
            for (StreamEdge edge : step.getOutEdges()) {
                neighbours.get(step.getId()).add(edge.getTargetId());
                neighbours
                        .computeIfAbsent(edge.getTargetId(), unused -> new TreeSet<>())
                        .add(step.getId());
            }
        }
        Map<Integer, Integer> branchOf = new LinkedHashMap<>();
        for (StreamNode step : all) {
            if (!branchOf.containsKey(step.getId())) {
                mark(step.getId(), branches++, neighbours, branchOf);
            }
        }
        return branchOf;
    }

    private static void mark(
            int id,
            int branch,
            Map<Integer, Set<Integer>> neighbours,
            Map<Integer, Integer> branchOf) {
        if (branchOf.putIfAbsent(id, branch) == null) {
            neighbours.get(id).forEach(next -> mark(next, branch, neighbours, branchOf));
        }
    }

    private Node topic(String name) {
        return topics.computeIfAbsent(name, unused -> new Node(-1 - topics.size(), name, 0, -1));
    }

    private static boolean isSink(StreamNode step) {
        return step.getOperatorName().endsWith(": Writer");
    }

    private static boolean isCommitter(StreamNode step) {
        return step.getOperatorName().endsWith(": Committer");
    }

    private static String name(StreamNode step) {
        return step.getOperatorName().replaceFirst("^Source: ", "").replaceFirst(": Writer$", "");
    }

    /** A sink is called {@code to TOPIC BRANCH}. */
    private static String sinkTopic(String name) {
        return name.substring("to ".length(), name.lastIndexOf(' '));
    }

    /** How it is spread; nothing where records stay in their subtask. */
    private static String partitioning(StreamEdge edge) {
        String name = String.valueOf(edge.getPartitioner());
        return switch (name) {
            case "FORWARD", "REBALANCE", "GLOBAL" -> "";
            case "HASH" -> "by key";
            default -> name.toLowerCase(java.util.Locale.ROOT);
        };
    }

    /** Numbers of branches are below this. */
    public int branches() {
        return branches;
    }

    /** Steps, in Flink's order. */
    public Collection<Node> steps() {
        return nodes.values();
    }

    public Collection<Node> topics() {
        return topics.values();
    }

    public List<Edge> edges() {
        return edges;
    }

    List<Edge> from(Node node) {
        return edges.stream().filter(edge -> edge.from().equals(node)).toList();
    }

    List<Edge> into(Node node) {
        return edges.stream().filter(edge -> edge.to().equals(node)).toList();
    }

    /** All steps and topics. */
    List<Node> nodes() {
        List<Node> all = new ArrayList<>(topics.values());
        all.addAll(nodes.values());
        return all;
    }
}
