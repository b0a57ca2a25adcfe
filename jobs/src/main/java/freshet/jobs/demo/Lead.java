package freshet.jobs.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far the feeder is ahead of the predictions and of the learner, in texts. The feeder waits at
 * the limit, so that a lag says how quick the pipeline is and not how long a queue has become.
 * Bounded by that limit.
 */
public final class Lead {

    private final int limit;
    private final Deque<Long> unpredicted = new ArrayDeque<>();
    private final Deque<Long> unlearned = new ArrayDeque<>();
    private long predictedThrough = Long.MIN_VALUE;
    private long learnedThrough = Long.MIN_VALUE;
    private boolean learns = true;

    /**
     * @param limit texts that may be on their way, from 1; the learner may lag by twice as many,
     *     because it takes them batch by batch behind the watermark
     */
    public Lead(int limit) {
        this.limit = limit;
    }

    /** A text went out; event times rise. */
    public synchronized void sent(long eventTimeMillis) {
        if (eventTimeMillis > predictedThrough) {
            unpredicted.add(eventTimeMillis);
        }
        if (eventTimeMillis > learnedThrough) {
            unlearned.add(eventTimeMillis);
        }
    }

    /** All texts up to that event time are predicted. */
    public synchronized void predicted(long eventTimeMillis) {
        predictedThrough = Math.max(predictedThrough, eventTimeMillis);
        drop(unpredicted, predictedThrough);
    }

    /** All texts up to that event time are learned, or passed over. */
    public synchronized void learned(long eventTimeMillis) {
        learnedThrough = Math.max(learnedThrough, eventTimeMillis);
        drop(unlearned, learnedThrough);
    }

    /** Whether the learner takes its time over texts, or is frozen and lets them pass. */
    public synchronized void learns(boolean does) {
        learns = does;
        notifyAll();
    }

    private void drop(Deque<Long> queue, long eventTimeMillis) {
        while (!queue.isEmpty() && queue.peek() <= eventTimeMillis) {
            queue.remove();
        }
        notifyAll();
    }

    /** Every text sent has its prediction. */
    public synchronized boolean isCaughtUp() {
        return unpredicted.isEmpty();
    }

    /** Waits at most so long; true if a text may go out. */
    @SuppressWarnings("WaitNotInLoop") // the caller asks again
    public synchronized boolean awaitRoom(long millis) throws InterruptedException {
        if (!hasRoom()) {
            wait(millis);
        }
        return hasRoom();
    }

    private boolean hasRoom() {
        return unpredicted.size() < limit && (!learns || unlearned.size() < 2 * limit);
    }
}
