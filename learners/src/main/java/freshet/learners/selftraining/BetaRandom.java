package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;

/**
 * Draws from Beta(a, b), as X / (X + Y) with X from Gamma(a) and Y from Gamma(b) (Marsaglia and
 * Tsang, "A simple method for generating gamma variables", ACM TOMS 2000).
 */
final class BetaRandom {

    private static final double LEAST = 0.01;

    private BetaRandom() {}

    /**
     * Draws from Beta(1 + 9 p, 10 (1 - p)), whose mean moves from 0.09 to 0.999: near the source at
     * first, near the target at last. The second number stays above 0.
     *
     * @param progress p, in [0, 1]
     */
    static double onSchedule(double progress, CounterRandom random) {
        return draw(1 + 9 * progress, Math.max(LEAST, 10 * (1 - progress)), random);
    }

    static double draw(double a, double b, CounterRandom random) {
        double x = gamma(a, random);
        double y = gamma(b, random);
        return x + y == 0 ? (a >= b ? 1 : 0) : x / (x + y);
    }

    private static double gamma(double shape, CounterRandom random) {
        if (shape < 1) { // Gamma(shape + 1) times U^(1 / shape)
            double power = StrictMath.pow(1 - random.nextDouble(), 1 / shape);
            return gamma(shape + 1, random) * power;
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double root = 1 + c * normal;
            if (root <= 0) {
                continue;
            }
            double cube = root * root * root;
            double bound = normal * normal / 2 + d * (1 - cube + StrictMath.log(cube));
            if (StrictMath.log(1 - random.nextDouble()) < bound) {
                return d * cube;
            }
        }
    }
}
