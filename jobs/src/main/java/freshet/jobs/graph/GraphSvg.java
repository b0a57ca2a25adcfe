package freshet.jobs.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A job graph as an SVG picture. Columns: the longest way from a topic that nothing writes. Rows:
 * near the middle of what leads there, in two sweeps; an edge over several columns takes a free row
 * in each, so that it crosses no box.
 */
public final class GraphSvg {

    private static final int BOX_WIDTH = 170;
    private static final int BOX_HEIGHT = 36;
    private static final int COLUMN = 230;
    private static final int ROW = 58;
    private static final int MARGIN = 24;
    private static final String[] BRANCH_COLOURS = {"#fde9d9", "#dbeaf7", "#e3f2dd", "#f3e1f0"};
    private static final String TOPIC_COLOUR = "#eeeeee";

    /** A place in the grid: a node, or a bend of a long edge if {@code node} is null. */
    private static final class Place {
        private final JobGraph.Node node;
        private final int column;
        private final List<Place> before = new ArrayList<>();
        private final List<Place> after = new ArrayList<>();
        private double row;

        Place(JobGraph.Node node, int column) {
            this.node = node;
            this.column = column;
        }

        double x() {
            return MARGIN + (double) column * COLUMN;
        }

        double middle() {
            return MARGIN + row * ROW + BOX_HEIGHT / 2.0;
        }
    }

    private final JobGraph graph;
    private final Map<JobGraph.Node, Integer> columns = new HashMap<>();
    private final Map<JobGraph.Node, Place> places = new HashMap<>();
    private final TreeMap<Integer, List<Place>> grid = new TreeMap<>();
    private final List<List<Place>> ways = new ArrayList<>();
    private final StringBuilder svg = new StringBuilder();

    private GraphSvg(JobGraph graph) {
        this.graph = graph;
    }

    /** The picture, a whole SVG file. */
    public static String of(JobGraph graph) {
        return new GraphSvg(graph).draw();
    }

    private String draw() {
        for (JobGraph.Node node : graph.nodes()) {
            Place place = new Place(node, column(node));
            places.put(node, place);
            grid.computeIfAbsent(place.column, unused -> new ArrayList<>()).add(place);
        }
        graph.edges().forEach(this::lay);
        grid.values().forEach(GraphSvg::number);
        for (int sweep = 0; sweep < 4; sweep++) {
            grid.values().forEach(column -> arrange(column, true));
            grid.descendingMap().values().forEach(column -> arrange(column, false));
        }
        grid.values().forEach(column -> arrange(column, true));

        int rows = grid.values().stream().mapToInt(List::size).max().orElse(1);
        int width = 2 * MARGIN + grid.lastKey() * COLUMN + BOX_WIDTH;
        int height = 2 * MARGIN + (rows - 1) * ROW + BOX_HEIGHT;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                        + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
                width, height, width, height);
        add(
                "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\""
                        + " markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
                        + "<path d=\"M0 0 L8 4 L0 8 z\" fill=\"#555\"/></marker></defs>");
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        for (int i = 0; i < ways.size(); i++) {
            drawWay(ways.get(i), graph.edges().get(i).label());
        }
        graph.nodes().forEach(node -> drawBox(places.get(node)));
        add("</svg>");
        return svg.toString();
    }

    /** Topics that nothing writes are in column 0. */
    private int column(JobGraph.Node node) {
        Integer known = columns.get(node);
        if (known != null) {
            return known;
        }
        int column =
                graph.into(node).stream().mapToInt(edge -> column(edge.from()) + 1).max().orElse(0);
        columns.put(node, column);
        return column;
    }

    private void lay(JobGraph.Edge edge) {
        List<Place> way = new ArrayList<>();
        Place from = places.get(edge.from());
        Place to = places.get(edge.to());
        way.add(from);
        for (int column = from.column + 1; column < to.column; column++) {
            Place bend = new Place(null, column);
            grid.get(column).add(bend);
            way.add(bend);
        }
        way.add(to);
        for (int i = 1; i < way.size(); i++) {
            way.get(i - 1).after.add(way.get(i));
            way.get(i).before.add(way.get(i - 1));
        }
        ways.add(way);
    }

    private static void number(List<Place> column) {
        for (int i = 0; i < column.size(); i++) {
            column.get(i).row = i;
        }
    }

    private static void arrange(List<Place> column, boolean forward) {
        Map<Place, Double> wished = new HashMap<>();
        for (Place place : column) {
            List<Place> others = forward ? place.before : place.after;
            wished.put(place, others.stream().mapToDouble(p -> p.row).average().orElse(place.row));
        }
        column.sort(Comparator.comparingDouble(wished::get));
        number(column);
    }

    private void drawWay(List<Place> way, String label) {
        StringBuilder path = new StringBuilder();
        Place start = way.get(0);
        double x = start.x() + BOX_WIDTH;
        double y = start.middle();
        path.append(number("M%.0f %.0f", x, y));
        for (int i = 1; i < way.size(); i++) {
            Place place = way.get(i);
            double half = (place.x() - x) / 2;
            path.append(
                    number(
                            " C%.0f %.0f %.0f %.0f %.0f %.0f",
                            x + half, y, x + half, place.middle(), place.x(), place.middle()));
            x = place.x();
            y = place.middle();
            if (place.node == null) {
                x += BOX_WIDTH;
                path.append(number(" L%.0f %.0f", x, y));
            }
        }
        add("<path d=\"%s\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#head)\"/>", path);
        if (!label.isEmpty()) {
            Place first = way.get(1);
            add(
                    "<text x=\"%.0f\" y=\"%.0f\" font-size=\"10\" fill=\"#555\""
                            + " text-anchor=\"middle\">%s</text>",
                    (start.x() + BOX_WIDTH + first.x()) / 2,
                    (start.middle() + first.middle()) / 2 - 3,
                    escaped(label));
        }
    }

    private void drawBox(Place place) {
        JobGraph.Node node = place.node;
        String colour =
                node.isTopic()
                        ? TOPIC_COLOUR
                        : BRANCH_COLOURS[node.branch() % BRANCH_COLOURS.length];
        add(
                "<rect x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"%s\""
                        + " stroke=\"#555\"/>",
                place.x(),
                place.middle() - BOX_HEIGHT / 2.0,
                BOX_WIDTH,
                BOX_HEIGHT,
                node.isTopic() ? BOX_HEIGHT / 2 : 4,
                colour);
        String name =
                node.parallelism() > 1 ? node.name() + " ×" + node.parallelism() : node.name();
        add(
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\" dominant-baseline=\"middle\""
                        + "%s>%s</text>",
                place.x() + BOX_WIDTH / 2.0,
                place.middle(),
                node.isTopic() ? " font-weight=\"bold\"" : "",
                escaped(name));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private void add(String format, Object... values) {
        svg.append(number(format, values)).append('\n');
    }
}
