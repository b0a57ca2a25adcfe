package freshet.learners.memory;

import java.util.Arrays;

/**
 * The few nearest of many keys to one key asked: a bounded max-heap by inexact distance, whose
 * survivors are then measured exactly and sorted by (distance, position). Where so many keys are
 * about equally near that the heap could have left out a right one, all of those are measured.
 */
final class NearestKeys {

    private final int wanted;
    private final int limit;
    private final float[] heapDistances;
    private final int[] heapKeys;
    private int size;

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
        this.heapDistances = new float[limit];
        this.heapKeys = new int[limit];
    }

    void clear() {
        size = 0;
        count = 0;
    }

    /** The inexact distances of keys 0 to {@code rows}, the first's at {@code from}. */
    record Inexact(float[] distances, int from, int rows, double tolerance) {}

    /** The memory's keys, and where in the stream they stood. */
    record Stored(float[] keys, long[] positions) {}

    /**
     * Measures exactly every key that may be among the K nearest, ties with the farthest included.
     *
     * @param row of the text that is searched for
     */
    void find(TextSearch search, int row, Inexact inexact, Stored stored) {
        offerAll(inexact, (float) (search.reach(row) + inexact.tolerance()));
        for (int i = 0; i < size; i++) {
            offerStored(search, row, heapKeys[i], stored);
        }
        if (size < limit) {
            return;
        }
        float farthestWanted = Math.min(wantedDistance(), search.reach(row));
        if (heapDistances[0] - inexact.tolerance() > farthestWanted) {
            return;
        }
        count = 0;
        for (int key = 0; key < inexact.rows(); key++) {
            if (inexact.distances()[inexact.from() + key] - inexact.tolerance() <= farthestWanted) {
                offerStored(search, row, key, stored);
            }
        }
    }

    private void offerAll(Inexact inexact, float reach) {
        float[] distances = inexact.distances();
        int from = inexact.from();
        int key = 0;
        for (; key < inexact.rows() && size < limit; key++) {
            if (distances[from + key] <= reach) {
                heapDistances[size] = distances[from + key];
                heapKeys[size] = key;
                siftUp(size++);
            }
        }
        if (size < limit) {
            return;
        }
        float farthest = heapDistances[0];
        for (; key < inexact.rows(); key++) {
            if (distances[from + key] < farthest) {
                heapDistances[0] = distances[from + key];
                heapKeys[0] = key;
                siftDown();
                farthest = heapDistances[0];
            }
        }
    }

    private void siftUp(int at) {
        while (at > 0 && heapDistances[at] > heapDistances[(at - 1) / 2]) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void siftDown() {
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && heapDistances[child + 1] > heapDistances[child]) {
                child++;
            }
            if (heapDistances[child] <= heapDistances[at]) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int i, int j) {
        float distance = heapDistances[i];
        heapDistances[i] = heapDistances[j];
        heapDistances[j] = distance;
        int key = heapKeys[i];
        heapKeys[i] = heapKeys[j];
        heapKeys[j] = key;
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
