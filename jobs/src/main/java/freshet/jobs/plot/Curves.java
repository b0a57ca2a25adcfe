package freshet.jobs.plot;

import java.util.List;

/**
 * Curves over common places.
 *
 * @param y what the values are
 * @param x what the places are
 * @param places rising
 * @param curves later ones are drawn over earlier ones
 * @param mark place of a vertical line; NaN for none
 * @param markLabel what happened there
 */
public record Curves(
        String y,
        String x,
        List<Double> places,
        List<Curve> curves,
        double mark,
        String markLabel) {

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

    private java.util.stream.DoubleStream values() {
        return curves.stream()
                .flatMap(curve -> curve.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite);
    }
}
