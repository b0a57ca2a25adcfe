package freshet.engines.nd4j;

import java.util.Map;
import java.util.TreeMap;

/**
 * Places values in one stretch of memory so that those that are never needed at the same time may
 * share a place. Best fit; places are multiples of {@link #ALIGNMENT} elements.
 */
final class Placement {

    static final long ALIGNMENT = 16; // floats in a cache line

    private final TreeMap<Long, Long> free = new TreeMap<>(); // size by offset
    private long end;

    /** Elements needed for all that was placed. */
    long size() {
        return end;
    }

    private static long rounded(long count) {
        return (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Returns the offset of a place for {@code count} elements. */
    long take(long count) {
        long size = rounded(count);
        long best = -1;
        for (Map.Entry<Long, Long> gap : free.entrySet()) {
            boolean better = best < 0 || gap.getValue() < free.get(best);
            if (gap.getValue() >= size && better) {
                best = gap.getKey();
            }
        }
        if (best < 0) {
            long offset = end;
            end += size;
            return offset;
        }
        long left = free.remove(best) - size;
        if (left > 0) {
            free.put(best + size, left);
        }
        return best;
    }

    /** Gives back what {@link #take} returned for {@code count}. */
    void release(long offset, long count) {
        long start = offset;
        long size = rounded(count);
        Map.Entry<Long, Long> before = free.lowerEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            free.remove(before.getKey());
            start = before.getKey();
            size += before.getValue();
        }
        Long after = free.remove(start + size);
        free.put(start, after == null ? size : size + after);
    }
}
