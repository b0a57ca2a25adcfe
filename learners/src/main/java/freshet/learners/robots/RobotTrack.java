package freshet.learners.robots;

import freshet.learners.SavedState;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one robot's stream stands: says of each observation what it is to the robot's belief, and
 * what the robot has done since the one before.
 *
 * <p>For each observation call {@link #arrive}; unless it is to be dropped or answered again, bring
 * the belief up to it and report the action by {@link #answered}, or that there is none by {@link
 * #ended}. State, whatever comes: one action and a few numbers; a robot that stays silent has its
 * state dropped by whoever keys it.
 */
public final class RobotTrack {

    private static final int FORMAT = 1;

    /** What an observation is. */
    public enum Fate {
        /** The first that is seen of its episode: the belief begins anew. */
        BEGINS,
        /** It follows the newest one: one step of the belief, or several if some were missing. */
        FOLLOWS,
        /** So many were missing that the belief begins anew within the episode. */
        BEGINS_AFTER_GAP,
        /** It is the newest one once more: answer it with {@link Arrival#cached}. */
        REPEATED,
        /** It is older than the newest one, or its episode has ended: drop it. */
        LATE
    }

    /**
     * What to do with an observation.
     *
     * @param fate what it is
     * @param actions of {@link Fate#FOLLOWS} what the robot did since the newest observation,
     *     {@code [A]} each, oldest first: for all but the last the belief takes a step without a
     *     picture (prior only), for the last one with this picture. Of the others empty
     * @param cached of {@link Fate#REPEATED} the action that was given, null if none was needed;
     *     else null
     */
    public record Arrival(Fate fate, List<float[]> actions, float[] cached) {

        /** Steps of the belief for which there is no picture. */
        public int missing() {
            return Math.max(0, actions.size() - 1);
        }
    }

    /**
     * What has happened so far.
     *
     * @param steps observations that were answered
     * @param episodes of which at least one observation was seen
     * @param repeated observations that were answered again
     * @param late observations that were dropped
     * @param bridged observations that were missing and bridged
     * @param restarts beliefs that began anew within an episode
     */
    public record Counts(
            long steps, long episodes, long repeated, long late, long bridged, long restarts) {}

    private final int maxGap;
    private final int actuators;
    private long episode = -1;
    private long sequence = -1;
    private float[] answer; // to the newest observation; null before the first
    private boolean isAnswered;
    private boolean hasEnded; // the newest observation ends its episode
    private long steps;
    private long episodes;
    private long repeated;
    private long late;
    private long bridged;
    private long restarts;

    /**
     * @param maxGap most observations in a row that may be missing for the belief to go on, from 0
     * @param actuators numbers in an action, from 1
     */
    public RobotTrack(int maxGap, int actuators) {
        if (maxGap < 0) {
            throw new IllegalArgumentException(
                    "maxGap is %d, must not be negative".formatted(maxGap));
        }
        if (actuators < 1) {
            throw new IllegalArgumentException(
                    "actuators is %d, must be at least 1".formatted(actuators));
        }
        this.maxGap = maxGap;
        this.actuators = actuators;
    }

    /**
     * Takes the next observation as it comes.
     *
     * <p>What the robot did since the newest one is taken from {@code outcomes}. Where they do not
     * say: of the newest observation's step, what it was answered; of a missing one, the same as at
     * the step before, as a robot that holds its last action does.
     *
     * @param ofEpisode from 0; a lower one than the newest is late
     * @param ofSequence step within the episode, from 0
     * @param outcomes steps that the observation reports, in any order; those of other lengths than
     *     the actuators' are not looked at
     * @throws IllegalArgumentException if a number is negative; nothing has changed
     * @throws IllegalStateException if the observation before is not answered
     */
    public Arrival arrive(long ofEpisode, long ofSequence, List<StepOutcome> outcomes) {
        if (ofEpisode < 0 || ofSequence < 0) {
            throw new IllegalArgumentException(
                    "step %d of episode %d, must not be negative".formatted(ofSequence, ofEpisode));
        }
        if (answer != null && !isAnswered) {
            throw new IllegalStateException(
                    "step %d of episode %d is not answered".formatted(sequence, episode));
        }
        if (ofEpisode < episode
                || (ofEpisode == episode
                        && (ofSequence < sequence || (hasEnded && ofSequence > sequence)))) {
            late++;
            return new Arrival(Fate.LATE, List.of(), null);
        }
        if (ofEpisode == episode && ofSequence == sequence) {
            repeated++;
            return new Arrival(Fate.REPEATED, List.of(), hasEnded ? null : answer.clone());
        }
        if (ofEpisode > episode) {
            episodes++;
            moveTo(ofEpisode, ofSequence);
            return new Arrival(Fate.BEGINS, List.of(), null);
        }
        long missing = ofSequence - sequence - 1;
        if (missing > maxGap) {
            restarts++;
            moveTo(ofEpisode, ofSequence);
            return new Arrival(Fate.BEGINS_AFTER_GAP, List.of(), null);
        }
        bridged += missing;
        List<float[]> actions = actionsUntil(ofSequence, outcomes);
        moveTo(ofEpisode, ofSequence);
        return new Arrival(Fate.FOLLOWS, actions, null);
    }

    private void moveTo(long toEpisode, long toSequence) {
        episode = toEpisode;
        sequence = toSequence;
        answer = new float[actuators];
        isAnswered = false;
        hasEnded = false;
    }

    private List<float[]> actionsUntil(long end, List<StepOutcome> outcomes) {
        List<float[]> actions = new ArrayList<>();
        float[] last = answer;
        for (long step = sequence; step < end; step++) {
            for (StepOutcome outcome : outcomes) {
                if (outcome.sequence() == step && outcome.action().length == actuators) {
                    last = outcome.action();
                }
            }
            actions.add(last.clone());
        }
        return actions;
    }

    /**
     * Keeps the action that the newest observation was answered with.
     *
     * @param action {@code [A]}
     */
    public void answered(float[] action) {
        if (answer == null || isAnswered) {
            throw new IllegalStateException("no observation waits for an answer");
        }
        if (action.length != actuators) {
            throw new IllegalArgumentException(
                    "an action has %d numbers, expected %d".formatted(action.length, actuators));
        }
        answer = action.clone();
        isAnswered = true;
        steps++;
    }

    /** Says that the newest observation ends its episode and needs no action. */
    public void ended() {
        if (answer == null || isAnswered) {
            throw new IllegalStateException("no observation waits for an answer");
        }
        isAnswered = true;
        hasEnded = true;
    }

    /** Episode of the newest observation; -1 before the first. */
    public long episode() {
        return episode;
    }

    /** Step of the newest observation; -1 before the first. */
    public long sequence() {
        return sequence;
    }

    public Counts counts() {
        return new Counts(steps, episodes, repeated, late, bridged, restarts);
    }

    /**
     * @throws IllegalStateException between an observation and its answer
     */
    public byte[] snapshot() {
        if (answer != null && !isAnswered) {
            throw new IllegalStateException(
                    "step %d of episode %d is not answered".formatted(sequence, episode));
        }
        return SavedState.write(
                FORMAT,
                out -> {
                    out.writeLong(episode);
                    out.writeLong(sequence);
                    RobotState.writeFloats(out, answer);
                    out.writeBoolean(hasEnded);
                    for (long count :
                            new long[] {steps, episodes, repeated, late, bridged, restarts}) {
                        out.writeLong(count);
                    }
                });
    }

    /**
     * @throws IllegalArgumentException if it is of another format, or of a robot with other
     *     actuators
     */
    public void restore(byte[] snapshot) {
        SavedState.read(
                "robot track",
                FORMAT,
                snapshot,
                in -> {
                    long savedEpisode = in.readLong();
                    long savedSequence = in.readLong();
                    float[] saved = RobotState.readFloats(in);
                    if (saved != null && saved.length != actuators) {
                        throw new IllegalArgumentException(
                                "robot track of %d actuators, expected %d"
                                        .formatted(saved.length, actuators));
                    }
                    episode = savedEpisode;
                    sequence = savedSequence;
                    answer = saved;
                    isAnswered = saved != null;
                    hasEnded = in.readBoolean();
                    steps = in.readLong();
                    episodes = in.readLong();
                    repeated = in.readLong();
                    late = in.readLong();
                    bridged = in.readLong();
                    restarts = in.readLong();
                });
    }
}
