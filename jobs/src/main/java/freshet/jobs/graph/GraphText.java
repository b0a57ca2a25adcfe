package freshet.jobs.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A job graph in characters, branch by branch: topics at the ends, in brackets, in place of the
 * sources and sinks that read and write them; what flows on along the row; what else a step gives
 * hangs below it. A step with two inputs is drawn at the longer way to it and named at the other.
 */
public final class GraphText {

    private static final String ARROW = " ─► ";

    private final JobGraph graph;
    private final Set<JobGraph.Node> drawn = new HashSet<>();
    private String model = "";

    private GraphText(JobGraph graph) {
        this.graph = graph;
    }

    /** The lines of the drawing. */
    public static List<String> lines(JobGraph graph) {
        List<String> lines = new ArrayList<>();
        for (int branch = 0; branch < graph.branches(); branch++) {
            lines.addAll(new GraphText(graph).branch(branch));
        }
        lines.add("Branches meet only in topics: " + String.join(", ", meetingPlaces(graph)));
        return lines;
    }

    /** Topics that one branch writes and another reads. */
    static List<String> meetingPlaces(JobGraph graph) {
        return graph.topics().stream()
                .filter(topic -> !graph.from(topic).isEmpty() && !graph.into(topic).isEmpty())
                .map(JobGraph.Node::name)
                .toList();
    }

    private List<String> branch(int branch) {
        List<JobGraph.Edge> entries =
                graph.edges().stream()
                        .filter(edge -> edge.from().isTopic() && edge.to().branch() == branch)
                        .sorted(Comparator.comparingInt(edge -> -depth(edge.to())))
                        .toList();
        model = modelOf(branch);
        List<String> inside = new ArrayList<>();
        for (JobGraph.Edge entry : entries) {
            inside.addAll(block("[" + entry.from().name() + "]", graph.from(entry.to())));
        }
        String title = "─ " + title(entries.get(0).to()) + " ";
        int width = inside.stream().mapToInt(String::length).max().orElse(0);
        width = Math.max(width, title.length());
        List<String> box = new ArrayList<>();
        box.add("┌" + title + "─".repeat(width + 2 - title.length()) + "┐");
        for (String line : inside) {
            box.add("│ " + line + " ".repeat(width - line.length()) + " │");
        }
        box.add("└" + "─".repeat(width + 2) + "┘");
        return box;
    }

    /** The one model of a branch, which then need not be said at every step; or nothing. */
    private String modelOf(int branch) {
        Set<String> models = new TreeSet<>();
        for (JobGraph.Node step : graph.steps()) {
            int open = step.name().lastIndexOf(" (");
            if (step.branch() == branch && open > 0) {
                models.add(step.name().substring(open));
            }
        }
        return models.size() == 1 ? models.iterator().next() : "";
    }

    /** Sources are called {@code texts to BRANCH (MODEL)}. */
    private String title(JobGraph.Node source) {
        String name = shortened(source.name()).replaceFirst("^texts to ", "");
        return model.isEmpty()
                ? name.replaceFirst(" \\(.*", "") + " branch"
                : "%s branch of model%s".formatted(name, model.replaceAll("[()]", ""));
    }

    private String shortened(String name) {
        return name.endsWith(model) ? name.substring(0, name.length() - model.length()) : name;
    }

    /** The step and all that follows it; the first line is its own row. */
    private List<String> block(JobGraph.Node node) {
        String name = label(node);
        if (!drawn.add(node)) {
            return List.of(name + " (above)");
        }
        return block(name, graph.from(node));
    }

    private List<String> block(String name, List<JobGraph.Edge> edges) {
        List<JobGraph.Edge> next =
                edges.stream().sorted(Comparator.comparingInt(edge -> -depth(edge.to()))).toList();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < next.size(); i++) {
            boolean more = i < next.size() - 1;
            String turn = next.size() == 1 ? ARROW : i == 0 ? " ─┬► " : more ? "  ├► " : "  └► ";
            String start = i == 0 ? name : " ".repeat(name.length());
            List<String> rest = rest(next.get(i).to());
            lines.add(start + turn + rest.get(0));
            String below = " ".repeat(name.length()) + (more ? "  │  " : " ".repeat(turn.length()));
            rest.stream().skip(1).forEach(line -> lines.add(below + line));
        }
        return lines.isEmpty() ? List.of(name) : lines;
    }

    /** A sink is shown as the topic that it writes. */
    private List<String> rest(JobGraph.Node node) {
        List<JobGraph.Edge> next = graph.from(node);
        boolean sink = next.size() == 1 && next.get(0).to().isTopic();
        return sink ? List.of("[" + next.get(0).to().name() + "]") : block(node);
    }

    private String label(JobGraph.Node node) {
        String name = shortened(node.name());
        return node.parallelism() > 1 ? name + " ×" + node.parallelism() : name;
    }

    /** Steps on the longest way from here to an end. */
    private int depth(JobGraph.Node node) {
        return node.isTopic()
                ? 0
                : 1 + graph.from(node).stream().mapToInt(edge -> depth(edge.to())).max().orElse(0);
    }
}
