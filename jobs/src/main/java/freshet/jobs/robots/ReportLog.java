package freshet.jobs.robots;

import freshet.client.GateCounts;
import freshet.client.Latencies;
import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Says every now and then how the robots fare: a line to read, and the same as CSV. */
public final class ReportLog implements AutoCloseable {

    /** Columns of the file; the last two are of what came since the report before. */
    public static final String HEAD =
            "seconds,actions,missed,stopped,late,lost,overruns,p50Millis,p99Millis,p999Millis,"
                    + "newP50Millis,newP99Millis";

    private final PrintWriter out;
    private final Writer file;
    private Latencies before = new Latencies();

    /**
     * @param file CSV file; null: none
     * @param out for the lines
     * @throws CommandFailure if the file cannot be written
     */
    public ReportLog(Path file, PrintWriter out) {
        this.out = out;
        try {
            if (file != null && file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            this.file = file == null ? Writer.nullWriter() : Files.newBufferedWriter(file);
            write(HEAD);
        } catch (IOException e) {
            throw new CommandFailure("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * @param nanos since the robots began
     * @param lost records that could not be sent
     */
    public void report(
            long nanos, RobotLoop loop, EpisodeLog episodes, long lost, Latencies latencies) {
        GateCounts counts = loop.counts();
        Latencies now = latencies.copy();
        Latencies newer = now.since(before);
        before = now;
        out.printf(
                Locale.ROOT,
                "%d:%02d  %,d actions  %,d episodes, newest returned %.1f  latency p50 %.1f p99"
                        + " %.1f p99.9 %.1f ms  missed %,d (%.3f %%), stopped %,d, late %,d  lost"
                        + " %,d  overruns %,d%n",
                nanos / 60_000_000_000L,
                nanos / 1_000_000_000L % 60,
                counts.steps(),
                episodes.episodes(),
                episodes.meanReturn(),
                now.quantileMillis(0.5),
                now.quantileMillis(0.99),
                now.quantileMillis(0.999),
                counts.missed(),
                100.0 * counts.missed() / Math.max(1, counts.steps()),
                counts.stopped(),
                counts.late(),
                lost,
                loop.overruns());
        out.flush();
        try {
            write(
                    String.format(
                            Locale.ROOT,
                            "%.3f,%d,%d,%d,%d,%d,%d,%.2f,%.2f,%.2f,%.2f,%.2f",
                            1e-9 * nanos,
                            counts.steps(),
                            counts.missed(),
                            counts.stopped(),
                            counts.late(),
                            lost,
                            loop.overruns(),
                            now.quantileMillis(0.5),
                            now.quantileMillis(0.99),
                            now.quantileMillis(0.999),
                            newer.quantileMillis(0.5),
                            newer.quantileMillis(0.99)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String line) throws IOException {
        file.write(line + "\n");
        file.flush(); // others read along
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
