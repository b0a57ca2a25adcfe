package freshet.jobs.recovery;

import freshet.jobs.plot.CurvePicture;
import freshet.jobs.plot.Curves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Figures that are looked at again and again, and whether they grow. */
final class Samples {

    private static final String CURVES = "abcdefghijklmnopqrstuvwxyz";

    private final List<Double> minutes = new ArrayList<>();
    private final Map<String, List<Double>> byName = new LinkedHashMap<>();

    /**
     * A straight line through the second half of a series, by least squares.
     *
     * @param mean of that half
     * @param anHour slope
     * @param error of the slope, one standard error, as if all samples were independent
     * @param hours that the half is long
     */
    record Trend(double mean, double anHour, double error, double hours) {

        /**
         * Whether it rises, beyond what chance may do, and by more than {@code share} of its mean.
         */
        boolean grows(double share) {
            return anHour > 2 * error && anHour * hours > share * mean;
        }
    }

    /** Adds a row; what it does not name, or names for the first time, is NaN elsewhere. */
    void add(double minute, Map<String, Double> row) {
        row.keySet().forEach(name -> byName.computeIfAbsent(name, n -> missing()));
        byName.forEach((name, values) -> values.add(row.getOrDefault(name, Double.NaN)));
        minutes.add(minute);
    }

    private List<Double> missing() {
        return new ArrayList<>(Collections.nCopies(minutes.size(), Double.NaN));
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    double first(String name) {
        return byName.get(name).get(0);
    }

    double last(String name) {
        return byName.get(name).get(minutes.size() - 1);
    }

    Trend trend(String name) {
        List<Double> values = byName.get(name);
        int from = values.size() / 2;
        int count = 0;
        double meanX = 0;
        double meanY = 0;
        for (int i = from; i < values.size(); i++) {
            if (Double.isFinite(values.get(i))) {
                count++;
                meanX += (minutes.get(i) / 60 - meanX) / count;
                meanY += (values.get(i) - meanY) / count;
            }
        }
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (int i = from; i < values.size(); i++) {
            if (Double.isFinite(values.get(i))) {
                double x = minutes.get(i) / 60 - meanX;
                double y = values.get(i) - meanY;
                xx += x * x;
                xy += x * y;
                yy += y * y;
            }
        }
        double slope = xx == 0 ? 0 : xy / xx;
        double residual = Math.max(0, yy - slope * xy);
        double error =
                count < 3 ? Double.POSITIVE_INFINITY : Math.sqrt(residual / (count - 2) / xx);
        double hours = (minutes.get(minutes.size() - 1) - minutes.get(from)) / 60;
        return new Trend(meanY, slope, error, hours);
    }

    void writeCsv(Path file) {
        List<String> lines = new ArrayList<>();
        lines.add("minute," + String.join(",", byName.keySet()));
        for (int i = 0; i < minutes.size(); i++) {
            int row = i;
            lines.add(
                    String.format(Locale.ROOT, "%.3f,", minutes.get(i))
                            + byName.values().stream()
                                    .map(v -> String.format(Locale.ROOT, "%.6g", v.get(row)))
                                    .collect(Collectors.joining(",")));
        }
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A picture of those whose name begins so.
     *
     * @param prefix what they are, with a space at its end
     */
    void writePicture(String prefix, Path png) throws IOException {
        List<Curves.Curve> curves = new ArrayList<>();
        for (String name : names()) {
            if (name.startsWith(prefix)) {
                char sign = CURVES.charAt(curves.size());
                curves.add(
                        new Curves.Curve(name.substring(prefix.length()), sign, byName.get(name)));
            }
        }
        CurvePicture.write(new Curves(prefix.strip(), "minutes", minutes, curves, List.of()), png);
    }
}
