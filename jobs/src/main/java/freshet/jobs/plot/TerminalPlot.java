package freshet.jobs.plot;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Curves in characters, one sign a point; as wide as the terminal. */
public final class TerminalPlot {

    private static final int AXIS_CHARACTERS = 7;
    private static final int LEAST_POINTS = 8;

    private TerminalPlot() {}

    /** Points for which there is room. */
    public static int pointsIn(int columns) {
        return Math.max(LEAST_POINTS, columns - AXIS_CHARACTERS - 1);
    }

    /**
     * Draws.
     *
     * @param rows of the area, from 2
     */
    public static void print(Curves curves, int columns, int rows, PrintWriter out) {
        int width = pointsIn(columns);
        char[][] area = new char[rows][width];
        for (char[] row : area) {
            Arrays.fill(row, ' ');
        }
        List<Double> places = curves.places();
        double end = places.get(places.size() - 1) + places.get(0); // the first lies half a step in
        for (Curves.Mark mark : curves.marks()) {
            for (char[] row : area) {
                row[column(mark.place(), end, width)] = '┊';
            }
        }
        double low = curves.lowest();
        double high = Math.max(curves.highest(), low + 1e-9);
        for (Curves.Curve curve : curves.curves()) {
            for (int i = 0; i < places.size(); i++) {
                double value = curve.values().get(i);
                if (Double.isFinite(value)) {
                    int row = (int) Math.round((high - value) / (high - low) * (rows - 1));
                    area[row][column(places.get(i), end, width)] = curve.sign();
                }
            }
        }
        StringBuilder legend = new StringBuilder(curves.y()).append(':');
        for (int i = curves.curves().size() - 1; i >= 0; i--) {
            Curves.Curve curve = curves.curves().get(i);
            legend.append("  ").append(curve.sign()).append(' ').append(curve.name());
        }
        out.println(legend);
        if (!curves.marks().isEmpty()) {
            out.println("┊ " + String.join(", ", curves.markLabels()));
        }
        for (int row = 0; row < rows; row++) {
            double value = high - (high - low) * row / (rows - 1);
            boolean labelled = row % 3 == 0 || row == rows - 1;
            out.print(labelled ? label(value, high) + " ┤" : "      │");
            out.println(new String(area[row]).stripTrailing());
        }
        out.println("      └" + "─".repeat(width));
        String last = String.format(Locale.ROOT, "%,.0f %s", end, curves.x());
        out.println(
                " ".repeat(AXIS_CHARACTERS)
                        + "0"
                        + " ".repeat(Math.max(1, width - 1 - last.length()))
                        + last);
    }

    /** Five characters, all of the same digits. */
    private static String label(double value, double highest) {
        return String.format(Locale.ROOT, highest < 100 ? "%5.2f" : "%5.1f", value);
    }

    private static int column(double place, double end, int width) {
        return Math.max(0, Math.min(width - 1, (int) (place / end * width)));
    }
}
