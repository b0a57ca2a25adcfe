package freshet.benchmarks.memory;

import java.util.Arrays;

/** The K smallest of many distances, kept in a max-heap. */
final class SmallestDistances {

    private final int k;
    private final float[] distances;
    private final int[] numbers;
    private int size;

    SmallestDistances(int k) {
        this.k = k;
        this.distances = new float[k];
        this.numbers = new int[k];
    }

    void clear() {
        size = 0;
    }

    void offer(float distance, int number) {
        if (size < k) {
            int at = size++;
            while (at > 0 && distances[(at - 1) / 2] < distance) {
                put(at, distances[(at - 1) / 2], numbers[(at - 1) / 2]);
                at = (at - 1) / 2;
            }
            put(at, distance, number);
        } else if (distance < distances[0]) {
            sink(distance, number);
        }
    }

    private void sink(float distance, int number) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && distances[child + 1] > distances[child]) {
                child++;
            }
            if (distances[child] <= distance) {
                break;
            }
            put(at, distances[child], numbers[child]);
            at = child;
        }
        put(at, distance, number);
    }

    private void put(int at, float distance, int number) {
        distances[at] = distance;
        numbers[at] = number;
    }

    /** What was offered and kept, in no order. */
    int[] numbers() {
        return Arrays.copyOf(numbers, size);
    }
}
