package freshet.learners.memory;

/**
 * What a context knows of one decision, in 48 bits: slow probability of the right branch (16), fast
 * one (16), the last seven outcomes behind a leading 1 (8), times seen (8). All zero: never seen.
 */
final class DenseSlot {

    private static final int SLOW_LIMIT = 250;
    private static final int FAST_LIMIT = 8;
    private static final int[] RATE = new int[256];

    static {
        for (int n = 0; n < 256; n++) {
            RATE[n] = (int) (65536 / (n + 1.5));
        }
    }

    private DenseSlot() {}

    static int count(long slot) {
        return (int) (slot & 255);
    }

    static int history(long slot) {
        return (int) (slot >>> 8 & 255);
    }

    static float slow(long slot) {
        return ((int) (slot >>> 32 & 0xffff) + 0.5f) / 65536;
    }

    static float fast(long slot) {
        return ((int) (slot >>> 16 & 0xffff) + 0.5f) / 65536;
    }

    /** The slot after one more decision. */
    static long update(long slot, int bit) {
        int count = count(slot);
        int history = count == 0 ? 1 : history(slot);
        int slow = count == 0 ? 32768 : (int) (slot >>> 32 & 0xffff);
        int fast = count == 0 ? 32768 : (int) (slot >>> 16 & 0xffff);
        int target = bit == 0 ? 0 : 65535;
        slow += (int) ((long) (target - slow) * RATE[Math.min(count, SLOW_LIMIT)] >> 16);
        fast += (int) ((long) (target - fast) * RATE[Math.min(count, FAST_LIMIT)] >> 16);
        history = history >= 128 ? 128 | (history << 1 & 127) | bit : history << 1 | bit;
        count = Math.min(255, count + 1);
        return (long) slow << 32 | (long) fast << 16 | history << 8 | count;
    }
}
