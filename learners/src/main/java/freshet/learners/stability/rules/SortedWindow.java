package freshet.learners.stability.rules;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** The newest values of a series, and their order by size. Bounded by its capacity. */
final class SortedWindow {

    private final double[] ring;
    private final double[] sorted;
    private int size;
    private int oldest;

    SortedWindow(int capacity) {
        ring = new double[capacity];
        sorted = new double[capacity];
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == ring.length;
    }

    /** Oldest value; it goes with the next {@link #add} if this is full. */
    double oldest() {
        return ring[oldest];
    }

    void add(double value) {
        if (isFull()) {
            int at = Arrays.binarySearch(sorted, 0, size, ring[oldest]);
            System.arraycopy(sorted, at + 1, sorted, at, size - at - 1);
            size--;
            ring[oldest] = value;
            oldest = (oldest + 1) % ring.length;
        } else {
            ring[(oldest + size) % ring.length] = value;
        }
        int found = Arrays.binarySearch(sorted, 0, size, value);
        int at = found < 0 ? -found - 1 : found;
        System.arraycopy(sorted, at, sorted, at + 1, size - at);
        sorted[at] = value;
        size++;
    }

    /** Middle value, or the mean of the two in the middle; NaN if there is none. */
    double median() {
        return size == 0 ? Double.NaN : (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
    }

    /** Median of the distances from {@code median}. */
    double medianDistance(double median) {
        // Distances grow away from the median on either side: merge the two sides.
        int right = Arrays.binarySearch(sorted, 0, size, median);
        right = right < 0 ? -right - 1 : right;
        int left = right - 1;
        double before = 0;
        double last = 0;
        for (int taken = 0; taken <= size / 2; taken++) {
            before = last;
            if (left < 0 || right < size && sorted[right] - median <= median - sorted[left]) {
                last = sorted[right++] - median;
            } else {
                last = median - sorted[left--];
            }
        }
        return size % 2 == 1 ? last : (before + last) / 2;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(size);
        for (int i = 0; i < size; i++) {
            out.writeDouble(ring[(oldest + i) % ring.length]);
        }
    }

    void read(DataInputStream in) throws IOException {
        size = in.readInt();
        oldest = 0;
        if (size > ring.length) {
            throw new IOException("window of %d values, at most %d".formatted(size, ring.length));
        }
        for (int i = 0; i < size; i++) {
            ring[i] = in.readDouble();
            sorted[i] = ring[i];
        }
        Arrays.sort(sorted, 0, size);
    }
}
