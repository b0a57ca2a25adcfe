package freshet.learners.memory;

/**
 * Logistic functions by table: the same bits on every machine, and no call to {@code exp} or {@code
 * log} in the inner loop.
 */
final class Logits {

    static final float LIMIT = 11.99f;

    private static final int STEPS_PER_UNIT = 128;
    private static final float[] SQUASH = new float[24 * STEPS_PER_UNIT + 2];
    private static final float[] STRETCH = new float[4096];
    private static final float[] LOG_OF_MANTISSA = new float[8193];
    private static final float LN2 = 0.6931472f;

    static {
        for (int i = 0; i < SQUASH.length; i++) {
            double x = i / (double) STEPS_PER_UNIT - 12;
            SQUASH[i] = (float) (1 / (1 + StrictMath.exp(-x)));
        }
        for (int i = 0; i < STRETCH.length; i++) {
            double p = (i + 0.5) / STRETCH.length;
            STRETCH[i] = (float) StrictMath.log(p / (1 - p));
        }
        for (int i = 0; i < LOG_OF_MANTISSA.length; i++) {
            LOG_OF_MANTISSA[i] = (float) StrictMath.log(1 + i / 8192.0);
        }
    }

    private Logits() {}

    /** 1 / (1 + e^-x), x cut to (-12, 12). */
    static float squash(float x) {
        float at = (clamp(x, -LIMIT, LIMIT) + 12) * STEPS_PER_UNIT;
        int i = (int) at;
        return SQUASH[i] + (SQUASH[i + 1] - SQUASH[i]) * (at - i);
    }

    /** ln(p / (1 - p)) to 12 bits of p. */
    static float stretch(float p) {
        return STRETCH[Math.min(4095, (int) (p * 4096))];
    }

    /** ln(p / (1 - p)), p cut to [1e-5, 1 - 1e-5]; relative error below 1e-4. */
    static float stretchExactly(float p) {
        float q = clamp(p, 1e-5f, 1 - 1e-5f);
        return log(q) - log(1 - q);
    }

    private static float log(float x) {
        int bits = Float.floatToRawIntBits(x);
        int exponent = (bits >>> 23) - 127;
        int mantissa = bits & 0x7fffff;
        return exponent * LN2 + LOG_OF_MANTISSA[(mantissa + 512) >>> 10];
    }

    static float clamp(float x, float low, float high) {
        return Math.max(low, Math.min(high, x));
    }
}
