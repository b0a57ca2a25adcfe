package freshet.jobs.robots;

import freshet.client.GateCounts;
import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Keeps the returns of episodes that have ended, and writes them, and the true states for a probe,
 * as CSV. Holds the newest {@link #NEWEST} returns.
 */
public final class EpisodeLog implements AutoCloseable {

    /** Episodes whose mean return {@link #meanReturn} is. */
    public static final int NEWEST = 20;

    private final LongSupplier nanos;
    private final long start;
    private final Writer episodes;
    private final Writer states;
    private final boolean keepsStates;
    private final Deque<Double> newest = new ArrayDeque<>();
    private long ended;

    /**
     * @param episodes CSV file of the episodes; null: none
     * @param states CSV file of the true states; null: none
     * @param stateNames of the entries of a true state
     * @param nanos clock by which the seconds count from now on
     * @throws CommandFailure if a file cannot be written
     */
    public EpisodeLog(Path episodes, Path states, List<String> stateNames, LongSupplier nanos) {
        this.nanos = nanos;
        start = nanos.getAsLong();
        keepsStates = states != null;
        this.episodes = open(episodes, "seconds,robot,episode,steps,return,allSteps,allMissed");
        this.states = open(states, "robot,episode,sequence," + String.join(",", stateNames));
    }

    private static Writer open(Path file, String head) {
        if (file == null) {
            return Writer.nullWriter();
        }
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            Writer writer = Files.newBufferedWriter(file);
            writer.write(head + "\n");
            return writer;
        } catch (IOException e) {
            throw new CommandFailure("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    void ended(String robot, long episode, int steps, double total, GateCounts counts) {
        ended++;
        newest.addLast(total);
        if (newest.size() > NEWEST) {
            newest.removeFirst();
        }
        write(
                episodes,
                "%.3f,%s,%d,%d,%.4f,%d,%d",
                1e-9 * (nanos.getAsLong() - start),
                robot,
                episode,
                steps,
                total,
                counts.steps(),
                counts.missed());
        flush(episodes); // rare, and what is read when the process was killed
    }

    private static void flush(Writer writer) {
        try {
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void saw(String robot, long episode, int sequence, float[] trueState) {
        if (!keepsStates) {
            return; // called for every picture: no string for nothing
        }
        StringBuilder entries = new StringBuilder();
        for (float entry : trueState) {
            entries.append(',').append(entry);
        }
        write(states, "%s,%d,%d%s", robot, episode, sequence, entries);
    }

    private static void write(Writer writer, String format, Object... values) {
        try {
            writer.write(String.format(Locale.ROOT, format, values) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mean return of the newest episodes, NaN without any. */
    public double meanReturn() {
        return newest.stream().mapToDouble(one -> one).average().orElse(Double.NaN);
    }

    /** Episodes that have ended. */
    public long episodes() {
        return ended;
    }

    @Override
    public void close() {
        try {
            try {
                episodes.close();
            } finally {
                states.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
