package freshet.learners.robots;

import freshet.learners.SavedState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Joins what one robot saw with what it did and earned, by sequence number, and gives out whole
 * steps in the order of their numbers. Either half may come first, late, or out of order.
 *
 * <p>A step is given up, and later ones go on without it, once a number more than {@code maxLag}
 * above its own has come, or its episode is over: with the first half of a later episode. State:
 * halves of at most {@code maxLag + 1} steps of one episode, whatever comes.
 */
public final class StepJoiner {

    private static final int FORMAT = 1;

    /** Most steps that may wait. */
    public static final int MAX_LAG = 1000;

    /**
     * What has happened so far.
     *
     * @param joined steps given out
     * @param unseen steps given up of which no picture came
     * @param unknown steps given up of which no outcome came
     * @param repeated halves that were there already
     * @param over halves of steps that had been given out or given up: where a robot sends each
     *     outcome several times, most of these are nothing but repeats
     */
    public record Counts(long joined, long unseen, long unknown, long repeated, long over) {}

    private final int maxLag;
    private final TreeMap<Long, SeenStep> seen = new TreeMap<>();
    private final TreeMap<Long, StepOutcome> outcomes = new TreeMap<>();
    private long episode = -1;
    private long next; // lowest number that is neither given out nor given up
    private long newest = -1; // highest number that has come of the episode
    private long joined;
    private long unseen;
    private long unknown;
    private long repeated;
    private long over;

    /**
     * @param maxLag steps for which a half may wait for the other, from 1 to {@link #MAX_LAG}
     */
    public StepJoiner(int maxLag) {
        if (maxLag < 1 || maxLag > MAX_LAG) {
            throw new IllegalArgumentException(
                    "maxLag is %d, must be from 1 to %d".formatted(maxLag, MAX_LAG));
        }
        this.maxLag = maxLag;
    }

    /**
     * Takes what the robot saw.
     *
     * @return steps that are whole now, in order
     */
    public List<JoinedStep> add(SeenStep step) {
        check(step.episode(), step.sequence());
        List<JoinedStep> whole = new ArrayList<>();
        if (enter(step.episode(), step.sequence(), whole)) {
            if (seen.putIfAbsent(step.sequence(), step) != null) {
                repeated++;
            }
            giveOut(whole);
        }
        return whole;
    }

    /**
     * Takes what the robot did.
     *
     * @return steps that are whole now, in order
     */
    public List<JoinedStep> add(long ofEpisode, StepOutcome outcome) {
        check(ofEpisode, outcome.sequence());
        List<JoinedStep> whole = new ArrayList<>();
        if (enter(ofEpisode, outcome.sequence(), whole)) {
            if (outcomes.putIfAbsent(outcome.sequence(), outcome) != null) {
                repeated++;
            }
            giveOut(whole);
        }
        return whole;
    }

    private static void check(long ofEpisode, long ofSequence) {
        if (ofEpisode < 0 || ofSequence < 0) {
            throw new IllegalArgumentException(
                    "step %d of episode %d, must not be negative".formatted(ofSequence, ofEpisode));
        }
    }

    /** Whether the half is of a step that is not over; what it ends is given out before. */
    private boolean enter(long ofEpisode, long ofSequence, List<JoinedStep> whole) {
        if (ofEpisode > episode) {
            endEpisode(whole);
            episode = ofEpisode;
            next = 0;
            newest = -1;
        }
        if (ofEpisode < episode || ofSequence < next) {
            over++;
            return false;
        }
        newest = Math.max(newest, ofSequence);
        giveUpBelow(newest - maxLag, whole);
        return true;
    }

    /** Gives out what is whole and gives up what is not, as long as its number is below. */
    private void giveUpBelow(long number, List<JoinedStep> whole) {
        while (next < number) {
            giveOut(whole);
            if (next >= number) {
                return;
            }
            long known = Math.min(firstOf(seen), firstOf(outcomes));
            if (known > next) {
                // Nothing came of these; there may be many.
                long end = Math.min(known, number);
                unseen += end - next;
                next = end;
                continue;
            }
            if (seen.remove(next) == null) {
                unseen++;
            } else {
                unknown++;
            }
            outcomes.remove(next);
            next++;
        }
    }

    private static long firstOf(NavigableMap<Long, ?> halves) {
        return halves.isEmpty() ? Long.MAX_VALUE : halves.firstKey();
    }

    private void giveOut(List<JoinedStep> whole) {
        for (SeenStep step = seen.get(next); step != null; step = seen.get(next)) {
            StepOutcome outcome = step.terminal() ? null : outcomes.get(next);
            if (!step.terminal() && outcome == null) {
                return;
            }
            whole.add(new JoinedStep(step, outcome));
            joined++;
            seen.remove(next);
            outcomes.remove(next);
            next++;
        }
    }

    private void endEpisode(List<JoinedStep> whole) {
        giveUpBelow(newest + 1, whole);
        seen.clear();
        outcomes.clear();
    }

    /** Steps of which one half waits for the other, or for a step before. */
    public int waiting() {
        TreeMap<Long, Object> all = new TreeMap<>(seen);
        all.putAll(outcomes);
        return all.size();
    }

    public Counts counts() {
        return new Counts(joined, unseen, unknown, repeated, over);
    }

    public byte[] snapshot() {
        return SavedState.write(
                FORMAT,
                out -> {
                    for (long number :
                            new long[] {
                                episode, next, newest, joined, unseen, unknown, repeated, over
                            }) {
                        out.writeLong(number);
                    }
                    out.writeInt(seen.size());
                    for (SeenStep step : seen.values()) {
                        step.write(out);
                    }
                    out.writeInt(outcomes.size());
                    for (StepOutcome outcome : outcomes.values()) {
                        outcome.write(out);
                    }
                });
    }

    /**
     * @throws IllegalArgumentException if it is of another format or cut short
     */
    public void restore(byte[] snapshot) {
        Map<Long, SeenStep> savedSeen = new TreeMap<>();
        Map<Long, StepOutcome> savedOutcomes = new TreeMap<>();
        SavedState.read(
                "step joiner",
                FORMAT,
                snapshot,
                in -> {
                    episode = in.readLong();
                    next = in.readLong();
                    newest = in.readLong();
                    joined = in.readLong();
                    unseen = in.readLong();
                    unknown = in.readLong();
                    repeated = in.readLong();
                    over = in.readLong();
                    for (int left = in.readInt(); left > 0; left--) {
                        SeenStep step = SeenStep.read(in);
                        savedSeen.put(step.sequence(), step);
                    }
                    for (int left = in.readInt(); left > 0; left--) {
                        StepOutcome outcome = StepOutcome.read(in);
                        savedOutcomes.put(outcome.sequence(), outcome);
                    }
                });
        seen.clear();
        seen.putAll(savedSeen);
        outcomes.clear();
        outcomes.putAll(savedOutcomes);
    }
}
