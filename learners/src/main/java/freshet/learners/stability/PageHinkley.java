package freshet.learners.stability;

/**
 * Finds a rise of the mean: a sum of how far values lie above the running mean, which forgets a
 * little each time and never falls below 0 (Page, "Continuous inspection schemes", Biometrika
 * 1954).
 */
public final class PageHinkley implements DriftDetector {

    private static final String KIND = "page-hinkley";

    private final double threshold;
    private final double tolerance;
    private final double kept;
    private long count;
    private double mean;
    private double sum;

    /**
     * @param threshold the alarm is raised above it, in units of the values
     * @param tolerance rise that is not counted, in units of the values
     * @param kept share of the sum that each value leaves in place, in (0, 1]
     */
    public PageHinkley(double threshold, double tolerance, double kept) {
        if (!(threshold > 0) || !(tolerance >= 0) || !(kept > 0 && kept <= 1)) {
            throw new IllegalArgumentException(
                    "threshold %s, tolerance %s, kept %s".formatted(threshold, tolerance, kept));
        }
        this.threshold = threshold;
        this.tolerance = tolerance;
        this.kept = kept;
    }

    /** Tolerance 0.005 and 0.9999 kept, as is usual. */
    public static PageHinkley withThreshold(double threshold) {
        return new PageHinkley(threshold, 0.005, 0.9999);
    }

    @Override
    public boolean add(double value) {
        DetectorState.finite(value);
        count++;
        mean += (value - mean) / count;
        sum = Math.max(0, kept * sum + value - mean - tolerance);
        if (sum <= threshold) {
            return false;
        }
        count = 0;
        mean = 0;
        sum = 0;
        return true;
    }

    double sum() {
        return sum;
    }

    @Override
    public byte[] snapshot() {
        return DetectorState.write(
                KIND,
                out -> {
                    out.writeLong(count);
                    out.writeDouble(mean);
                    out.writeDouble(sum);
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        DetectorState.read(
                KIND,
                snapshot,
                in -> {
                    count = in.readLong();
                    mean = in.readDouble();
                    sum = in.readDouble();
                });
    }
}
