package freshet.learners.stability;

/**
 * Finds a rise of an error rate: errors p with deviation s = sqrt(p (1 - p) / n), compared with the
 * best p + s so far (Gama et al., "Learning with drift detection", SBIA 2004). Values are 1 for an
 * error and 0 for none.
 */
public final class Ddm implements DriftDetector {

    private static final String KIND = "ddm";
    private static final int LEAST_RECORDS = 30;
    private static final double WARNING = 2;
    private static final double ALARM = 3;

    private long count;
    private long errors;
    private double leastRate = Double.POSITIVE_INFINITY;
    private double leastDeviation = Double.POSITIVE_INFINITY;
    private boolean warning;

    @Override
    public boolean add(double value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException("an error is 0 or 1, not " + value);
        }
        warning = false;
        count++;
        errors += (long) value;
        double rate = errors / (double) count;
        double deviation = Math.sqrt(rate * (1 - rate) / count);
        if (count < LEAST_RECORDS) {
            return false;
        }
        if (rate + deviation <= leastRate + leastDeviation) {
            leastRate = rate;
            leastDeviation = deviation;
        }
        // Before the first error its deviation is 0, and any error would be an alarm.
        boolean known = leastDeviation > 0;
        double level = rate + deviation;
        warning = known && level > leastRate + WARNING * leastDeviation;
        if (!known && errors > 0) {
            leastRate = rate;
            leastDeviation = deviation;
        }
        boolean alarm = known && level > leastRate + ALARM * leastDeviation;
        if (alarm) {
            count = 0;
            errors = 0;
            leastRate = Double.POSITIVE_INFINITY;
            leastDeviation = Double.POSITIVE_INFINITY;
        }
        return alarm;
    }

    /** Whether the last value raised the rate far enough for a warning. */
    public boolean warning() {
        return warning;
    }

    double leastRate() {
        return leastRate;
    }

    double leastDeviation() {
        return leastDeviation;
    }

    @Override
    public byte[] snapshot() {
        return DetectorState.write(
                KIND,
                out -> {
                    out.writeLong(count);
                    out.writeLong(errors);
                    out.writeDouble(leastRate);
                    out.writeDouble(leastDeviation);
                    out.writeBoolean(warning);
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        DetectorState.read(
                KIND,
                snapshot,
                in -> {
                    count = in.readLong();
                    errors = in.readLong();
                    leastRate = in.readDouble();
                    leastDeviation = in.readDouble();
                    warning = in.readBoolean();
                });
    }
}
