package freshet.jobs.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** The table at the end. */
final class Summary {

    private static final String ROW = "%-19s %5s %6s %7s %7s %7s%n";

    private Summary() {}

    static void print(StreamMeter meter, PrintWriter out, int columns) {
        out.printf(ROW, "bits per byte", "texts", "KB", "online", "online", "frozen");
        out.printf(ROW, "", "", "", "+memory", "", "");
        meter.bySource().forEach((source, score) -> row(out, source, score));
        StreamMeter.Totals totals = meter.totals();
        row(out, "all", totals.score());
        Score late = meter.bySource().getOrDefault(Corpus.LATE, Score.NOTHING);
        if (late.bytes() > 0) {
            prose(
                    out,
                    columns,
                    "%s came late: there the online model needs %s bits than its frozen copy, with"
                            + " memory %s.",
                    Corpus.LATE,
                    change(late.online(), late.frozen()),
                    change(late.memory(), late.frozen()));
        }
        prose(
                out,
                columns,
                "%,d predictions, %,d tokens, %,.0f tokens/s; %d repeated, %d missing, %d not"
                        + " counted because their model had seen the text; dead letters %d",
                totals.predictions(),
                totals.score().tokens(),
                totals.tokensPerSecond(),
                totals.repeats(),
                totals.missing(),
                totals.uncounted(),
                totals.deadLetters());
        long[] lags = totals.lagMillis();
        if (lags.length > 0) {
            prose(
                    out,
                    columns,
                    "learning lag (text written until a model that has learned it answers): p50"
                            + " %.1f s, p99 %.1f s",
                    percentile(lags, 50) / 1e3,
                    percentile(lags, 99) / 1e3);
        }
    }

    private static void prose(PrintWriter out, int columns, String format, Object... values) {
        LiveLine.wrap(String.format(Locale.ROOT, format, values), columns).forEach(out::println);
    }

    private static void row(PrintWriter out, String name, Score score) {
        out.printf(
                ROW,
                name,
                String.format(Locale.ROOT, "%,d", score.texts()),
                String.format(Locale.ROOT, "%,d", score.bytes() / 1000),
                bits(score.memoryPerByte()),
                bits(score.onlinePerByte()),
                bits(score.frozenPerByte()));
    }

    private static String bits(double perByte) {
        return Double.isNaN(perByte) ? "-" : String.format(Locale.ROOT, "%.3f", perByte);
    }

    private static String change(double bits, double than) {
        double percent = 100 * (bits / than - 1);
        return String.format(
                Locale.ROOT, "%.1f %% %s", Math.abs(percent), percent <= 0 ? "fewer" : "more");
    }

    /**
     * The smallest value that at least {@code percent} of them do not exceed.
     *
     * @param rising at least one value
     */
    static long percentile(long[] rising, double percent) {
        int rank = (int) Math.ceil(percent / 100 * rising.length);
        return rising[Math.max(0, rank - 1)];
    }
}
