package freshet.learners.memory;

import java.util.Arrays;

/**
 * The few nearest of many keys: a bounded max-heap by inexact distance, whose survivors are then
 * measured exactly and sorted by (distance, position). Where so many keys are about equally near
 * that the heap could have left out a right one, all of those are measured.
 */
final class NearestKeys {

    private final int wanted;
    private final int limit;
    private final float[] heapDistances;
    private final int[] heapKeys;
    private int size;

    private double[] exact = new double[64];
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

    /** Offers keys 0 to {@code rows} with the inexact distances from {@code from} on. */
    void offerAll(float[] distances, int from, int rows) {
        int row = 0;
        for (; row < rows && size < limit; row++) {
            heapDistances[size] = distances[from + row];
            heapKeys[size] = row;
            siftUp(size++);
        }
        if (size == 0) {
            return;
        }
        float farthest = heapDistances[0];
        for (; row < rows; row++) {
            if (distances[from + row] < farthest) {
                heapDistances[0] = distances[from + row];
                heapKeys[0] = row;
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

    /**
     * Measures the survivors of {@code rows} keys offered exactly, and with them every key that may
     * be as near as the farthest wanted.
     *
     * @param tolerance how far an inexact distance may be off
     */
    void recompute(
            Query query, float[] distances, int from, int rows, double tolerance, Stored stored) {
        for (int i = 0; i < size; i++) {
            offer(query, heapKeys[i], stored);
        }
        if (size < limit) {
            return;
        }
        double farthestWanted = (float) wantedDistance();
        if (heapDistances[0] - tolerance > farthestWanted) {
            return;
        }
        count = 0;
        for (int row = 0; row < rows; row++) {
            if (distances[from + row] - tolerance <= farthestWanted) {
                offer(query, row, stored);
            }
        }
    }

    /** The keys of one text, asked at a row. */
    record Query(float[] keys, int row) {}

    /** The memory's keys and where in the stream they stood. */
    record Stored(float[] keys, int width, long[] positions) {}

    private void offer(Query query, int key, Stored stored) {
        int width = stored.width();
        double distance =
                squaredDistance(
                        query.keys(), query.row() * width, stored.keys(), key * width, width);
        offerExact(key, distance, stored.positions()[key]);
    }

    /** The K-th smallest of the exact distances. */
    private double wantedDistance() {
        double[] sorted = Arrays.copyOf(exact, count);
        Arrays.sort(sorted);
        return sorted[wanted - 1];
    }

    void offerExact(int key, double distance, long position) {
        if (count == keys.length) {
            exact = Arrays.copyOf(exact, 2 * count);
            keys = Arrays.copyOf(keys, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
        }
        exact[count] = distance;
        keys[count] = key;
        positions[count] = position;
        count++;
    }

    /** Accumulated in double, always in the order of the components. */
    static double squaredDistance(float[] left, int from, float[] right, int rightFrom, int width) {
        double sum = 0;
        for (int d = 0; d < width; d++) {
            double difference = (double) left[from + d] - right[rightFrom + d];
            sum += difference * difference;
        }
        return sum;
    }

    /** Writes the nearest of all offered into a row, in order. */
    void write(NeighbourLists lists, int row, NeighbourShard shard, MemoryRecord record) {
        int places = Math.min(lists.k(), count);
        for (int place = 0; place < places; place++) {
            int nearest = place;
            for (int i = place + 1; i < count; i++) {
                float distance = (float) exact[i];
                float best = (float) exact[nearest];
                if (distance < best || (distance == best && positions[i] < positions[nearest])) {
                    nearest = i;
                }
            }
            swapExact(place, nearest);
            int at = row * lists.k() + place;
            lists.tokens()[at] = shard.token(keys[place], record);
            lists.squaredDistances()[at] = (float) exact[place];
            lists.positions()[at] = shard.position(keys[place], record);
            lists.modelVersions()[at] = shard.modelVersion(keys[place], record);
        }
    }

    private void swapExact(int i, int j) {
        double distance = exact[i];
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
