package freshet.learners.stability;

import freshet.learners.tensor.CounterRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Finds any change of a distribution: the Kolmogorov-Smirnov distance between the newest values and
 * as many drawn from those before them in a window (Raab, Heusinger and Schleif, "Reactive soft
 * prototype computing for concept drift streams", Neurocomputing 2020). Bounded by the window.
 */
public final class Kswin implements DriftDetector {

    private static final String KIND = "kswin";

    private final int window;
    private final int newest;
    private final double critical;
    private final long seed;
    private final Deque<Double> values = new ArrayDeque<>();
    private long drawn;

    /**
     * @param window values kept, above twice {@code newest}
     * @param newest r, values compared, at least 2
     * @param alpha false alarms a test that are accepted, in (0, 1); a test is made with each
     *     value, or each batch of them
     * @param seed of the draws
     */
    public Kswin(int window, int newest, double alpha, long seed) {
        if (newest < 2 || window <= 2 * newest || !(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException(
                    "window %d, newest %d, alpha %s".formatted(window, newest, alpha));
        }
        this.window = window;
        this.newest = newest;
        this.critical = critical(alpha, newest);
        this.seed = seed;
    }

    /** Distance of two samples of {@code size} each above which they differ. */
    static double critical(double alpha, int size) {
        return Math.sqrt(-StrictMath.log(alpha) / size);
    }

    @Override
    public boolean add(double value) {
        return add(new double[] {value});
    }

    /**
     * Takes the next numbers and makes one test, which costs as much as sorting twice {@code
     * newest} numbers: as good as a test of each for whoever acts after the batch.
     *
     * @return whether they raise the alarm
     * @throws IllegalArgumentException if one is not finite
     */
    public boolean add(double[] batch) {
        for (double value : batch) {
            DetectorState.finite(value);
        }
        for (double value : batch) {
            values.addLast(value);
            if (values.size() > window) {
                values.removeFirst();
            }
        }
        if (values.size() < window) {
            return false;
        }
        double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
        double[] latest = Arrays.copyOfRange(all, window - newest, window);
        var random = new CounterRandom(seed, 0, drawn);
        double[] sample = new double[newest];
        int older = window - newest;
        for (int i = 0; i < newest; i++) { // without replacement: the first of a shuffle
            int other = i + (int) random.nextLong((long) older - i);
            sample[i] = all[other];
            all[other] = all[i];
        }
        drawn = random.counter();
        if (distance(sample, latest) <= critical) {
            return false;
        }
        values.clear();
        for (double one : latest) {
            values.addLast(one);
        }
        return true;
    }

    /** Greatest difference of the two samples' distribution functions, in [0, 1]. */
    static double distance(double[] left, double[] right) {
        double[] first = left.clone();
        double[] second = right.clone();
        Arrays.sort(first);
        Arrays.sort(second);
        double greatest = 0;
        int i = 0;
        int j = 0;
        while (i < first.length && j < second.length) {
            double at = Math.min(first[i], second[j]);
            while (i < first.length && first[i] <= at) {
                i++;
            }
            while (j < second.length && second[j] <= at) {
                j++;
            }
            double difference = i / (double) first.length - j / (double) second.length;
            greatest = Math.max(greatest, Math.abs(difference));
        }
        return greatest;
    }

    @Override
    public byte[] snapshot() {
        return DetectorState.write(
                KIND,
                out -> {
                    out.writeLong(drawn);
                    out.writeInt(values.size());
                    for (double value : values) {
                        out.writeDouble(value);
                    }
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        DetectorState.read(
                KIND,
                snapshot,
                in -> {
                    drawn = in.readLong();
                    values.clear();
                    for (int i = in.readInt(); i > 0; i--) {
                        values.addLast(in.readDouble());
                    }
                });
    }
}
