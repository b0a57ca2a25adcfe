package freshet.learners.robots;

import freshet.learners.BatchCutter;
import freshet.learners.SavedState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Cuts one robot's joined steps into windows of T consecutive steps of one episode. A step that is
 * missing, and the end of an episode, end the steps that wait for a window: none reaches over them,
 * and the last steps of an episode may be in none.
 *
 * <p>State: at most T - 1 steps.
 */
public final class WindowCutter implements BatchCutter<JoinedStep, List<JoinedStep>> {

    private static final int FORMAT = 1;

    private final int length;
    private final int stride;
    private final Deque<JoinedStep> waiting = new ArrayDeque<>();
    private long dropped;

    /**
     * @param length steps in a window (T), from 2
     * @param stride steps from the beginning of one window to that of the next, from 1 to {@code
     *     length}; equal to it, no step is in two windows
     */
    public WindowCutter(int length, int stride) {
        if (length < 2) {
            throw new IllegalArgumentException(
                    "windows of %d steps, must be at least 2".formatted(length));
        }
        if (stride < 1 || stride > length) {
            throw new IllegalArgumentException(
                    "stride is %d, must be from 1 to %d".formatted(stride, length));
        }
        this.length = length;
        this.stride = stride;
    }

    /**
     * Takes the next step of the robot, in the order of episode and sequence.
     *
     * @return the window that it completes, or none; its last step may be terminal
     * @throws IllegalArgumentException if it is not behind the one before
     */
    @Override
    public List<List<JoinedStep>> add(JoinedStep step) {
        JoinedStep before = waiting.peekLast();
        if (before != null && !follows(before.seen(), step.seen())) {
            dropped += waiting.size();
            waiting.clear();
        }
        waiting.addLast(step);
        if (waiting.size() < length) {
            return List.of();
        }
        List<JoinedStep> window = List.copyOf(waiting);
        for (int i = 0; i < stride; i++) {
            waiting.removeFirst();
        }
        return List.of(window);
    }

    private static boolean follows(SeenStep before, SeenStep step) {
        boolean isLater =
                step.episode() > before.episode()
                        || (step.episode() == before.episode()
                                && step.sequence() > before.sequence());
        if (!isLater) {
            throw new IllegalArgumentException(
                    "step %d of episode %d came after step %d of episode %d"
                            .formatted(
                                    step.sequence(),
                                    step.episode(),
                                    before.sequence(),
                                    before.episode()));
        }
        return step.episode() == before.episode()
                && step.sequence() == before.sequence() + 1
                && !before.terminal();
    }

    /** Steps that waited for a window when their episode or run ended; some had been in one. */
    public long dropped() {
        return dropped;
    }

    @Override
    public byte[] snapshot() {
        return SavedState.write(
                FORMAT,
                out -> {
                    out.writeLong(dropped);
                    out.writeInt(waiting.size());
                    for (JoinedStep step : waiting) {
                        step.write(out);
                    }
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        Deque<JoinedStep> saved = new ArrayDeque<>();
        SavedState.read(
                "window cutter",
                FORMAT,
                snapshot,
                in -> {
                    dropped = in.readLong();
                    for (int left = in.readInt(); left > 0; left--) {
                        saved.addLast(JoinedStep.read(in));
                    }
                });
        waiting.clear();
        waiting.addAll(saved);
    }
}
