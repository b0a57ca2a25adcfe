package freshet.learners.memory;

import freshet.learners.tensor.NearestRows;
import java.util.Arrays;

/**
 * The few nearest of many keys to one key asked: candidates by inexact distance, which are measured
 * exactly and sorted by (distance, position). Where so many keys are about equally near that a
 * right one could be missing among the candidates, more of them are asked for.
 */
final class NearestKeys {

    private final int wanted;
    private final int limit;
    private float[] exact = new float[64];
    private int[] keys = new int[64];
    private long[] positions = new long[64];
    private int count;

    /**
     * @param wanted K
     * @param margin candidates taken beyond K by the inexact distances
     */
    NearestKeys(int wanted, int margin) {
        this.wanted = wanted;
        this.limit = wanted + margin;
    }

    void clear() {
        count = 0;
    }

    /** Candidates that it takes to begin with. */
    int limit() {
        return limit;
    }

    /**
     * The keys nearest by inexact distances.
     *
     * @param row of {@code nearest}
     * @param all keys that there are
     * @param tolerance most that an inexact distance may be off
     */
    record Candidates(NearestRows nearest, int row, int all, double tolerance) {}

    /** The memory's keys, and where in the stream they stood. */
    record Stored(float[] keys, long[] positions) {}

    /**
     * Measures exactly every candidate that may be among the K nearest, ties with the farthest
     * included.
     *
     * @param row of the text that is searched for
     * @return whether no other key can be; else it is to be called again with more candidates
     */
    boolean find(TextSearch search, int row, Candidates candidates, Stored stored) {
        count = 0;
        NearestRows nearest = candidates.nearest();
        int from = candidates.row() * nearest.k();
        float reach = (float) (search.reach(row) + candidates.tolerance());
        for (int i = from; i < from + nearest.k(); i++) {
            if (nearest.squaredDistances()[i] > reach) {
                return true; // and so are all that follow
            }
            offerStored(search, row, nearest.rows()[i], stored);
        }
        if (nearest.k() == candidates.all()) {
            return true;
        }
        float farthestWanted = Math.min(wantedDistance(), search.reach(row));
        float last = nearest.squaredDistances()[from + nearest.k() - 1];
        return last - candidates.tolerance() > farthestWanted;
    }

    void offerStored(TextSearch search, int row, int key, Stored stored) {
        double distance = search.squaredDistance(row, stored.keys(), key);
        offerExact(key, distance, stored.positions()[key]);
    }

    /** The K-th smallest of the exact distances. */
    private float wantedDistance() {
        float[] sorted = Arrays.copyOf(exact, count);
        Arrays.sort(sorted);
        return sorted[wanted - 1];
    }

    void offerExact(int key, double distance, long position) {
        if (count == keys.length) {
            exact = Arrays.copyOf(exact, 2 * count);
            keys = Arrays.copyOf(keys, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
        }
        exact[count] = (float) distance;
        keys[count] = key;
        positions[count] = position;
        count++;
    }

    /** Accumulated in double, always in the same order: four sums of every fourth component. */
    static double squaredDistance(float[] left, int from, float[] right, int rightFrom, int width) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int d = 0;
        for (; d + 3 < width; d += 4) {
            double difference0 = (double) left[from + d] - right[rightFrom + d];
            double difference1 = (double) left[from + d + 1] - right[rightFrom + d + 1];
            double difference2 = (double) left[from + d + 2] - right[rightFrom + d + 2];
            double difference3 = (double) left[from + d + 3] - right[rightFrom + d + 3];
            sum0 += difference0 * difference0;
            sum1 += difference1 * difference1;
            sum2 += difference2 * difference2;
            sum3 += difference3 * difference3;
        }
        for (; d < width; d++) {
            double difference = (double) left[from + d] - right[rightFrom + d];
            sum0 += difference * difference;
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    /** Writes the nearest of all offered into a row, in order. */
    void write(NeighbourLists lists, int row, NeighbourShard shard, MemoryRecord record) {
        int places = Math.min(lists.k(), count);
        for (int place = 0; place < places; place++) {
            int nearest = place;
            for (int i = place + 1; i < count; i++) {
                if (exact[i] < exact[nearest]
                        || (exact[i] == exact[nearest] && positions[i] < positions[nearest])) {
                    nearest = i;
                }
            }
            swapExact(place, nearest);
            int at = row * lists.k() + place;
            lists.tokens()[at] = shard.token(keys[place], record);
            lists.squaredDistances()[at] = exact[place];
            lists.positions()[at] = shard.position(keys[place], record);
            lists.modelVersions()[at] = shard.modelVersion(keys[place], record);
        }
    }

    private void swapExact(int i, int j) {
        float distance = exact[i];
        exact[i] = exact[j];
        exact[j] = distance;
        int key = keys[i];
        keys[i] = keys[j];
        keys[j] = key;
        long position = positions[i];
        positions[i] = positions[j];
        positions[j] = position;
    }
}
