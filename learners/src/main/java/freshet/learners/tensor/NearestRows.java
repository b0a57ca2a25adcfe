package freshet.learners.tensor;

/**
 * What {@link KeyMatrix#nearest} found, nearest first. Which of several at equal distance are among
 * the last is not said.
 *
 * @param k rows found for each query
 * @param squaredDistances {@code [count, k]}, inexact
 * @param rows {@code [count, k]}
 */
public record NearestRows(int k, float[] squaredDistances, int[] rows) {

    /** Distances of so many rows at a time: with 256 queries they stay in the processor's cache. */
    private static final int BLOCK = 4096;

    /** Looks for them on the host, block by block. */
    static NearestRows amongAll(KeyMatrix matrix, float[] queries, int count, int rows, int k) {
        var found = new Heaps(count, Math.min(k, rows));
        for (int from = 0; from < rows; from += BLOCK) {
            int size = Math.min(BLOCK, rows - from);
            float[] distances = matrix.squaredDistances(queries, count, from, from + size);
            for (int query = 0; query < count; query++) {
                found.offer(query, distances, query * size, from, size);
            }
        }
        return found.sorted();
    }

    /** One heap a query, the farthest on top; a stretch of {@code k} in common arrays each. */
    private static final class Heaps {
        private final int k;
        private final int[] sizes;
        private final float[] distances;
        private final int[] rows;

        Heaps(int count, int k) {
            this.k = k;
            sizes = new int[count];
            distances = new float[Math.multiplyExact(count, k)];
            rows = new int[count * k];
        }

        /** Offers {@code size} rows from {@code firstRow}, whose distances begin at {@code at}. */
        void offer(int query, float[] offered, int at, int firstRow, int size) {
            int base = query * k;
            int i = 0;
            for (; i < size && sizes[query] < k; i++) {
                up(base, sizes[query]++, offered[at + i], firstRow + i);
            }
            if (k == 0) {
                return;
            }
            float farthest = distances[base];
            for (; i < size; i++) {
                if (offered[at + i] < farthest) {
                    down(base, k, offered[at + i], firstRow + i);
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

        /** Puts one in place of the top of a heap of {@code size}. */
        private void down(int base, int size, float distance, int row) {
            int at = 0;
            while (true) {
                int child = 2 * at + 1;
                if (child + 1 < size && distances[base + child + 1] > distances[base + child]) {
                    child++;
                }
                if (child >= size || distances[base + child] <= distance) {
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

        NearestRows sorted() {
            for (int query = 0; query < sizes.length; query++) {
                int base = query * k;
                for (int size = k; size > 1; size--) {
                    float farthest = distances[base];
                    int row = rows[base];
                    down(base, size - 1, distances[base + size - 1], rows[base + size - 1]);
                    set(base + size - 1, farthest, row);
                }
            }
            return new NearestRows(k, distances, rows);
        }
    }
}
