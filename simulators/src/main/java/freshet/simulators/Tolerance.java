package freshet.simulators;

/**
 * Soft indicator functions, of which the rewards are made.
 *
 * <p>Source: {@code tolerance} of the DeepMind control suite (Tassa et al., arXiv:1801.00690; file
 * {@code dm_control/utils/rewards.py}), of whose shapes the two that our tasks need are here.
 */
final class Tolerance {

    /** What {@link #gaussian} gives at the margin. */
    private static final double VALUE_AT_MARGIN = 0.1;

    private Tolerance() {}

    /** 1 at zero, {@code exp(-(value/margin)^2 ln 10)} elsewhere: 0.1 at the margin. */
    static double gaussian(double value, double margin) {
        double distance = value / margin;
        return StrictMath.exp(distance * distance * StrictMath.log(VALUE_AT_MARGIN));
    }

    /** 1 at zero, {@code 1 - (value/margin)^2} within the margin, 0 from there on. */
    static double quadratic(double value, double margin) {
        double distance = value / margin;
        return Math.max(0, 1 - distance * distance);
    }
}
