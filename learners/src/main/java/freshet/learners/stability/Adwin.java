package freshet.learners.stability;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a window that shrinks when the means of its older and newer part differ by more than chance
 * (Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007). The
 * window is kept as buckets of 1, 2, 4, ... values, at most {@value #BUCKETS} + 1 of a size, so its
 * state grows with the logarithm of its length.
 */
public final class Adwin implements DriftDetector {

    private static final String KIND = "adwin";
    private static final int BUCKETS = 5;
    private static final int LEAST_PART = 5;

    /** Sum of a bucket's values, and of their squared distances from its mean. */
    private record Bucket(double sum, double squares) {

        Bucket join(Bucket other, double size) {
            double distance = (sum - other.sum) / size;
            return new Bucket(
                    sum + other.sum, squares + other.squares + distance * distance * size / 2);
        }
    }

    private final double delta;
    private final int every;
    private final List<List<Bucket>> rows = new ArrayList<>(); // row k: 2^k values, oldest first
    private long added;
    private long length;
    private double sum;

    /**
     * @param delta bound on the chance of a false alarm at one cut, in (0, 1)
     * @param every values between two searches for a cut, at least 1
     */
    public Adwin(double delta, int every) {
        if (!(delta > 0 && delta < 1) || every < 1) {
            throw new IllegalArgumentException("delta %s, every %d".formatted(delta, every));
        }
        this.delta = delta;
        this.every = every;
    }

    @Override
    public boolean add(double value) {
        insert(new Bucket(DetectorState.finite(value), 0));
        length++;
        sum += value;
        added++;
        boolean alarm = false;
        if (added % every == 0) {
            while (cut()) {
                dropOldest();
                alarm = true;
            }
        }
        return alarm;
    }

    /** Values in the window. */
    public long length() {
        return length;
    }

    public double mean() {
        return sum / length;
    }

    private void insert(Bucket bucket) {
        Bucket carried = bucket;
        for (int row = 0; carried != null; row++) {
            if (row == rows.size()) {
                rows.add(new ArrayList<>());
            }
            List<Bucket> same = rows.get(row);
            same.add(carried);
            carried = null;
            if (same.size() > BUCKETS) {
                Bucket oldest = same.remove(0);
                carried = oldest.join(same.remove(0), Math.scalb(1.0, row));
            }
        }
    }

    private void dropOldest() {
        int row = rows.size() - 1;
        Bucket oldest = rows.get(row).remove(0);
        length -= 1L << row;
        sum -= oldest.sum;
        while (!rows.isEmpty() && rows.get(rows.size() - 1).isEmpty()) {
            rows.remove(rows.size() - 1);
        }
    }

    /** Whether some cut splits the window into parts whose means differ. */
    private boolean cut() {
        double variance = variance();
        double before = 0;
        double sumBefore = 0;
        for (int row = rows.size() - 1; row >= 0; row--) {
            for (Bucket bucket : rows.get(row)) {
                before += Math.scalb(1.0, row);
                sumBefore += bucket.sum;
                double after = length - before;
                if (before < LEAST_PART || after < LEAST_PART) {
                    continue;
                }
                double difference = sumBefore / before - (sum - sumBefore) / after;
                if (Math.abs(difference) > threshold(before, after, variance, delta)) {
                    return true;
                }
            }
        }
        return false;
    }

    private double variance() {
        double mean = mean();
        double squares = 0;
        for (int row = 0; row < rows.size(); row++) {
            double size = Math.scalb(1.0, row);
            for (Bucket bucket : rows.get(row)) {
                double distance = bucket.sum / size - mean;
                squares += bucket.squares + size * distance * distance;
            }
        }
        return squares / length;
    }

    /** Difference of means above which two parts differ. */
    static double threshold(double before, double after, double variance, double delta) {
        double log = StrictMath.log(2 * StrictMath.log(before + after) / delta);
        double inverse = 1 / before + 1 / after;
        return Math.sqrt(2 * inverse * variance * log) + 2.0 / 3 * inverse * log;
    }

    @Override
    public byte[] snapshot() {
        return DetectorState.write(
                KIND,
                out -> {
                    out.writeLong(added);
                    out.writeLong(length);
                    out.writeDouble(sum);
                    out.writeInt(rows.size());
                    for (List<Bucket> row : rows) {
                        out.writeInt(row.size());
                        for (Bucket bucket : row) {
                            out.writeDouble(bucket.sum);
                            out.writeDouble(bucket.squares);
                        }
                    }
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        DetectorState.read(
                KIND,
                snapshot,
                in -> {
                    added = in.readLong();
                    length = in.readLong();
                    sum = in.readDouble();
                    rows.clear();
                    for (int row = in.readInt(); row > 0; row--) {
                        List<Bucket> same = new ArrayList<>();
                        for (int i = in.readInt(); i > 0; i--) {
                            same.add(new Bucket(in.readDouble(), in.readDouble()));
                        }
                        rows.add(same);
                    }
                });
    }
}
