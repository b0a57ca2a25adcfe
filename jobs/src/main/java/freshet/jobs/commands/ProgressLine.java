package freshet.jobs.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a job with a known end is: a bar that is drawn anew on a terminal, or else a line
 * now and then.
 */
public final class ProgressLine {

    private static final int BAR_CHARACTERS = 30;
    private static final long BAR_EVERY = Duration.ofMillis(100).toNanos();
    private static final long LINE_EVERY = Duration.ofSeconds(5).toNanos();

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final long total;
    private final long started;
    private long shown;

    /**
     * @param terminal whether lines can be drawn anew
     * @param nanoTime the clock
     * @param total bytes at the end
     */
    public ProgressLine(PrintWriter out, boolean terminal, LongSupplier nanoTime, long total) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.total = total;
        started = nanoTime.getAsLong();
        shown = started;
    }

    /** One for the user of a command: a bar if there is a terminal. */
    static ProgressLine on(PrintWriter out, long totalBytes) {
        return new ProgressLine(out, System.console() != null, System::nanoTime, totalBytes);
    }

    /** Shows the state, unless it was shown just before. */
    public void at(long bytes, long records) {
        long now = nanoTime.getAsLong();
        if (now - shown >= (terminal ? BAR_EVERY : LINE_EVERY)) {
            show(now, bytes, records);
        }
    }

    /** Shows the final state. */
    public void end(long bytes, long records) {
        show(nanoTime.getAsLong(), bytes, records);
        if (terminal) {
            out.println();
        }
        out.flush();
    }

    private void show(long now, long bytes, long records) {
        shown = now;
        double share = total == 0 ? 1 : Math.min(1, (double) bytes / total);
        double seconds = Math.max((now - started) / 1e9, 1e-3);
        String figures =
                String.format(
                        Locale.ROOT,
                        "%3.0f %%  %,d records  %.2f of %.2f MB  %.2f MB/s",
                        100 * share,
                        records,
                        bytes / 1e6,
                        total / 1e6,
                        bytes / 1e6 / seconds);
        if (terminal) {
            int filled = (int) Math.round(share * BAR_CHARACTERS);
            String bar = "█".repeat(filled) + "░".repeat(BAR_CHARACTERS - filled);
            out.print("\r" + bar + " " + figures + "\u001b[K");
            out.flush();
        } else {
            out.println(figures.strip());
            out.flush();
        }
    }
}
