package freshet.client;

/**
 * Decides, step by step, what one robot's actuators are told: the action that came in time, or what
 * the miss policy says. Never a number outside [-1, 1], never a change faster than allowed.
 *
 * <p>For each step: {@link #open} when its observation is sent, {@link #offer} whatever comes,
 * {@link #close} when the step is over. Times are the caller's, of any one clock and unit: there is
 * no clock in here. State: one action offered and one told, whatever comes. Thread-safe: actions
 * may be offered by another thread than the robot's.
 */
public final class ActionGate {

    /** What becomes of an action that is offered. */
    public enum Fate {
        /** It will be told to the actuators when the step is over. */
        TAKEN,
        /** Its deadline, or its step, is over. */
        LATE,
        /** Its step has one already. */
        REPEATED,
        /** Its numbers are too many, too few or not finite. */
        UNUSABLE
    }

    /**
     * What the actuators are told.
     *
     * @param values one number each, in [-1, 1]; the caller's own
     * @param missed whether no action came in time
     * @param stopped whether the robot is stopped
     */
    public record Told(float[] values, boolean missed, boolean stopped) {}

    private static final long NO_STEP = -1;

    private final GateSettings settings;
    private long episode = NO_STEP;
    private long sequence = NO_STEP;
    private long deadline;
    private boolean open;
    private float[] offered;
    private float[] last;
    private boolean stopped;
    private int missesInARow;
    private GateCounts counts = GateCounts.NONE;

    public ActionGate(GateSettings settings) {
        this.settings = settings;
        last = new float[settings.actuators()];
    }

    /**
     * Begins a step. A new episode begins with the actuators at zero.
     *
     * @param deadlineAt time up to which its action counts, itself included
     * @throws IllegalStateException if the step before is not closed
     */
    public synchronized void open(long newEpisode, long newSequence, long deadlineAt) {
        if (open) {
            throw new IllegalStateException(
                    "step %d of episode %d is not closed".formatted(sequence, episode));
        }
        if (newEpisode != episode) {
            last = new float[settings.actuators()];
            missesInARow = 0;
        }
        episode = newEpisode;
        sequence = newSequence;
        deadline = deadlineAt;
        offered = null;
        open = true;
    }

    /**
     * Takes an action, if it can be taken.
     *
     * @param ofEpisode episode of the observation that it answers
     * @param ofSequence step of that observation
     * @param values {@code [A]}; numbers beyond [-1, 1] are clipped
     * @param now when it came
     */
    public synchronized Fate offer(long ofEpisode, long ofSequence, float[] values, long now) {
        if (!isUsable(values)) {
            counts = counts.plus(new GateCounts(0, 0, 0, 0, 0, 1));
            return Fate.UNUSABLE;
        }
        boolean isThisStep = ofEpisode == episode && ofSequence == sequence;
        if (isThisStep && offered != null) {
            counts = counts.plus(new GateCounts(0, 0, 0, 0, 1, 0));
            return Fate.REPEATED;
        }
        if (!isThisStep || !open || now > deadline) {
            counts = counts.plus(new GateCounts(0, 0, 0, 1, 0, 0));
            return Fate.LATE;
        }
        offered = values.clone();
        return Fate.TAKEN;
    }

    private boolean isUsable(float[] values) {
        if (values.length != settings.actuators()) {
            return false;
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Ends the step.
     *
     * @throws IllegalStateException if none is open
     */
    public synchronized Told close() {
        if (!open) {
            throw new IllegalStateException("no step is open");
        }
        open = false;
        boolean wasStopped = stopped;
        boolean missed = !wasStopped && offered == null;
        missesInARow = missed ? missesInARow + 1 : 0;
        if (missed && hasMissedEnough()) {
            stopped = true;
        }
        last = stopped ? new float[settings.actuators()] : slewed(wanted());
        counts = counts.plus(new GateCounts(1, missed ? 1 : 0, wasStopped ? 1 : 0, 0, 0, 0));
        return new Told(last.clone(), missed, stopped);
    }

    private boolean hasMissedEnough() {
        return settings.missPolicy() == MissPolicy.SAFE_STOP
                || (settings.stopAfterMisses() > 0 && missesInARow >= settings.stopAfterMisses());
    }

    private float[] wanted() {
        if (offered != null) {
            return offered;
        }
        return settings.missPolicy() == MissPolicy.HOLD_LAST
                ? last
                : new float[settings.actuators()];
    }

    private float[] slewed(float[] wanted) {
        float[] values = new float[wanted.length];
        for (int i = 0; i < values.length; i++) {
            float least = Math.max(-1, last[i] - settings.maxChange());
            float most = Math.min(1, last[i] + settings.maxChange());
            values[i] = Math.max(least, Math.min(most, wanted[i]));
        }
        return values;
    }

    /** From the step that is open on, the actuators are told zero until {@link #resume}. */
    public synchronized void stop() {
        stopped = true;
    }

    /** Ends a stop, whoever began it. */
    public synchronized void resume() {
        stopped = false;
        missesInARow = 0;
    }

    public synchronized boolean isStopped() {
        return stopped;
    }

    public synchronized GateCounts counts() {
        return counts;
    }
}
