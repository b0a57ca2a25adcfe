package freshet.client;

/**
 * When the newest {@value #KEPT} observations of a robot were sent, so that the latency of an
 * answer can be told also when it comes steps too late: leaving those out would flatter every
 * quantile. Thread-safe.
 */
final class SentSteps {

    static final int KEPT = 64;

    /** What {@link #answered} says of an answer that is not the first, or far too late. */
    static final long UNKNOWN = -1;

    private final long[] episodes = new long[KEPT];
    private final long[] sequences = new long[KEPT];
    private final long[] nanos = new long[KEPT];
    private final boolean[] waits = new boolean[KEPT];

    synchronized void sent(long episode, long sequence, long atNanos) {
        int slot = (int) (sequence % KEPT);
        episodes[slot] = episode;
        sequences[slot] = sequence;
        nanos[slot] = atNanos;
        waits[slot] = true;
    }

    /** Time from the observation to its first answer, ns, or {@link #UNKNOWN}. */
    synchronized long answered(long episode, long sequence, long atNanos) {
        int slot = (int) Math.floorMod(sequence, (long) KEPT);
        if (!waits[slot] || episodes[slot] != episode || sequences[slot] != sequence) {
            return UNKNOWN;
        }
        waits[slot] = false;
        return atNanos - nanos[slot];
    }
}
