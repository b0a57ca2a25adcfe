package freshet.client;

import java.util.Arrays;

/**
 * Durations in classes that are each 2 % wide, from a microsecond to a minute; those beyond count
 * as the last. Bounded whatever comes. Thread-safe.
 */
public final class Latencies {

    private static final double LEAST_NANOS = 1e3;
    private static final double WIDTH = Math.log(1.02);
    private static final int CLASSES = 1 + (int) (Math.log(60e9 / LEAST_NANOS) / WIDTH);

    private final long[] counts = new long[CLASSES];
    private long count;

    public synchronized void add(long nanos) {
        int index = (int) (Math.log(Math.max(LEAST_NANOS, (double) nanos) / LEAST_NANOS) / WIDTH);
        counts[Math.min(CLASSES - 1, index)]++;
        count++;
    }

    public synchronized long count() {
        return count;
    }

    /**
     * The duration that a share of all did not exceed, in milliseconds, up to 2 % too long; NaN
     * without any.
     *
     * @param share in [0, 1], such as 0.99
     */
    public synchronized double quantileMillis(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        long wanted = Math.max(1, (long) Math.ceil(share * count));
        long passed = 0;
        int index = -1;
        while (passed < wanted) {
            index++;
            passed += counts[index];
        }
        return LEAST_NANOS * Math.exp((index + 1) * WIDTH) / 1e6;
    }

    /** As it is now. */
    public synchronized Latencies copy() {
        var copy = new Latencies();
        System.arraycopy(counts, 0, copy.counts, 0, CLASSES);
        copy.count = count;
        return copy;
    }

    /**
     * Those that have come since.
     *
     * @param earlier a {@link #copy} of these
     */
    public synchronized Latencies since(Latencies earlier) {
        var newer = new Latencies();
        for (int i = 0; i < CLASSES; i++) {
            newer.counts[i] = counts[i] - earlier.counts[i];
        }
        newer.count = count - earlier.count;
        return newer;
    }

    /** Begins anew. */
    public synchronized void clear() {
        Arrays.fill(counts, 0);
        count = 0;
    }
}
