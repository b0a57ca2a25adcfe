package freshet.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Mean and spread of a figure over seeds. */
public final class Spread {

    private Spread() {}

    public static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Of the sample, n - 1 below; 0 for one value. */
    public static double deviation(double[] values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    /**
     * The value at a share of the way from the lowest to the highest, none between two.
     *
     * @param share in [0, 1]
     * @return NaN of no values
     */
    public static double quantile(double[] values, double share) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** Shares in per cent: mean and deviation, as tables have them. */
    public static String percent(double[] shares) {
        return String.format(
                Locale.ROOT, "%.1f ± %.1f", 100 * mean(shares), 100 * deviation(shares));
    }

    /** Of an even number of values the higher one in the middle. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
