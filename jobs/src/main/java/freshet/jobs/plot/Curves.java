package freshet.jobs.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Curves over common places.
 *
 * @param y what the values are
 * @param x what the places are
 * @param places rising
 * @param curves later ones are drawn over earlier ones
 * @param marks vertical lines
 */
public record Curves(
        String y, String x, List<Double> places, List<Curve> curves, List<Mark> marks) {

    /**
     * A vertical line.
     *
     * @param label what happened there; marks of one label are drawn alike
     */
    public record Mark(double place, String label) {}

    /**
     * One of them.
     *
     * @param sign character that draws it on a terminal
     * @param values one for each place; NaN: nothing there
     */
    public record Curve(String name, char sign, List<Double> values) {}

    double lowest() {
        return values().min().orElse(0);
    }

    double highest() {
        return values().max().orElse(1);
    }

    /** What the marks say, each once. */
    List<String> markLabels() {
        return marks.stream().map(Mark::label).distinct().toList();
    }

    private DoubleStream values() {
        return curves.stream()
                .flatMap(curve -> curve.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite);
    }
}
