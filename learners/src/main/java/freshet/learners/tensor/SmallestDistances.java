package freshet.learners.tensor;

import java.util.Arrays;

/**
 * The k smallest of many distances, of several queries side by side. Which of several at equal
 * distance are among the last is not said.
 */
public final class SmallestDistances {

    /** One heap a query, the farthest on top: a stretch of {@code k} in common arrays each. */
    private final int k;

    private final int[] sizes;
    private final float[] distances;
    private final int[] rows;

    /**
     * @param k from 1
     */
    public SmallestDistances(int queries, int k) {
        this.k = k;
        sizes = new int[queries];
        distances = new float[Math.multiplyExact(queries, k)];
        rows = new int[queries * k];
    }

    /** The k-th smallest so far; infinite while there are fewer. */
    public float farthest(int query) {
        return sizes[query] < k ? Float.POSITIVE_INFINITY : distances[query * k];
    }

    /** Offers one row's distance. */
    public void offer(int query, float distance, int row) {
        int base = query * k;
        if (sizes[query] < k) {
            up(base, sizes[query]++, distance, row);
        } else if (distance < distances[base]) {
            down(base, distance, row);
        }
    }

    /** Offers {@code size} rows from {@code firstRow}, whose distances begin at {@code at}. */
    public void offer(int query, float[] offered, int at, int firstRow, int size) {
        int i = 0;
        for (; i < size && sizes[query] < k; i++) {
            offer(query, offered[at + i], firstRow + i);
        }
        int base = query * k;
        float farthest = distances[base];
        for (; i < size; i++) {
            if (offered[at + i] < farthest) {
                down(base, offered[at + i], firstRow + i);
                farthest = distances[base];
            }
        }
    }

    private void up(int base, int last, float distance, int row) {
        int at = last;
        while (at > 0 && distances[base + (at - 1) / 2] < distance) {
            move(base + (at - 1) / 2, base + at);
            at = (at - 1) / 2;
        }
        set(base + at, distance, row);
    }

    /** Puts one in place of the top of a full heap. */
    private void down(int base, float distance, int row) {
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child + 1 < k && distances[base + child + 1] > distances[base + child]) {
                child++;
            }
            if (child >= k || distances[base + child] <= distance) {
                break;
            }
            move(base + child, base + at);
            at = child;
        }
        set(base + at, distance, row);
    }

    private void move(int from, int to) {
        set(to, distances[from], rows[from]);
    }

    private void set(int at, float distance, int row) {
        distances[at] = distance;
        rows[at] = row;
    }

    /** Nearest first, once every query has k; nothing may be offered after that. */
    public NearestRows sorted() {
        long[] ofOne = new long[k]; // distance above row
        for (int query = 0; query < sizes.length; query++) {
            int base = query * k;
            for (int i = 0; i < k; i++) {
                ofOne[i] = (long) inOrder(distances[base + i]) << Integer.SIZE | rows[base + i];
            }
            Arrays.sort(ofOne);
            for (int i = 0; i < k; i++) {
                distances[base + i] = fromOrder((int) (ofOne[i] >> Integer.SIZE));
                rows[base + i] = (int) ofOne[i];
            }
        }
        return new NearestRows(k, distances, rows);
    }

    /** Integers in the order of floats; NaN is the farthest. */
    private static int inOrder(float distance) {
        int bits = Float.floatToIntBits(distance);
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    private static float fromOrder(int ordered) {
        return Float.intBitsToFloat(ordered ^ ordered >> 31 & Integer.MAX_VALUE);
    }
}
