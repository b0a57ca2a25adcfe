package freshet.learners.stability.rules;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers for people. */
final class Words {

    private static final MathContext FOUR_FIGURES = new MathContext(4);
    private static final int MOST_ZEROS = 4;

    private Words() {}

    /** Four figures, without an exponent where it can be read without. */
    static String of(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(FOUR_FIGURES).stripTrailingZeros();
        int digits = rounded.precision() - rounded.scale(); // before the point
        boolean readable = digits > -MOST_ZEROS && digits <= 2 * MOST_ZEROS;
        return readable ? rounded.toPlainString() : rounded.toString();
    }
}
