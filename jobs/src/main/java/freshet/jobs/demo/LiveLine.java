package freshet.jobs.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;

/**
 * One line that says how the stream goes. On a terminal it is drawn anew in place, and folded
 * between its parts where the terminal is narrow; elsewhere it is printed now and then.
 */
public final class LiveLine {

    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String GAP = "  ";

    private final PrintWriter out;
    private final boolean terminal;
    private final IntSupplier columns;
    private int rows;

    public LiveLine(PrintWriter out, boolean terminal, IntSupplier columns) {
        this.out = out;
        this.terminal = terminal;
        this.columns = columns;
    }

    /** Draws the line, over the one before if it can. */
    public void show(List<String> parts) {
        List<String> folded =
                terminal ? fold(parts, columns.getAsInt() - 1) : List.of(String.join(GAP, parts));
        clear();
        folded.forEach(out::println);
        rows = terminal ? folded.size() : 0;
        out.flush();
    }

    /** Prints a line that stays. */
    public void say(String line) {
        clear();
        wrap(line, columns.getAsInt()).forEach(out::println);
        out.flush();
        rows = 0;
    }

    private void clear() {
        if (rows > 0) {
            out.print(UP.formatted(rows) + "\r" + CLEAR_BELOW);
        }
    }

    public static List<String> parts(String time, StreamMeter.Reading reading) {
        Score now = reading.window();
        Score all = reading.total();
        List<String> parts = new ArrayList<>();
        parts.add(time);
        parts.add(text("%,d texts", reading.predictions()));
        parts.add(text("%,.0f tokens/s", reading.tokensPerSecond()));
        parts.add("bits/byte 10 s (all):");
        parts.add(pair("online+memory", now.memoryPerByte(), all.memoryPerByte()));
        parts.add(pair("online", now.onlinePerByte(), all.onlinePerByte()));
        parts.add(
                reading.frozen()
                        ? pair("frozen", now.frozenPerByte(), all.frozenPerByte())
                        : "frozen -");
        parts.add(
                text("model v%d", reading.version())
                        + (reading.modelAgeMillis() < 0
                                ? ""
                                : text(" %.1f s old", reading.modelAgeMillis() / 1e3)));
        if (reading.lagMillis() >= 0) {
            parts.add(text("learning lag %.1f s", reading.lagMillis() / 1e3));
        }
        if (!Double.isNaN(reading.lowestEntropyNats())) {
            parts.add(text("lowest entropy %.2f nats", reading.lowestEntropyNats()));
        }
        return parts;
    }

    /** Rows of at most {@code width} characters, broken only between parts. */
    public static List<String> fold(List<String> parts, int width) {
        return fold(parts, GAP, width);
    }

    /** Rows of at most {@code width} characters, broken between words. */
    public static List<String> wrap(String text, int width) {
        return fold(List.of(text.split(" ", -1)), " ", width);
    }

    private static List<String> fold(List<String> parts, String gap, int width) {
        List<String> rows = new ArrayList<>();
        StringBuilder row = new StringBuilder();
        for (String part : parts) {
            if (row.length() > 0 && row.length() + gap.length() + part.length() > width) {
                rows.add(row.toString());
                row.setLength(0);
            }
            row.append(row.length() == 0 ? "" : gap);
            row.append(part, 0, Math.min(part.length(), width));
        }
        rows.add(row.toString());
        return rows;
    }

    private static String pair(String name, double now, double all) {
        return Double.isNaN(all) ? name + " -" : text("%s %.2f (%.2f)", name, now, all);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
