package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;
import java.util.List;

/**
 * Independent normal distributions, one for each element.
 *
 * @param mean {@code [N, Z]}
 * @param logDeviation {@code [N, Z]} logarithm of the standard deviation, in [-10, 10]
 */
record Gaussian<T>(T mean, T logDeviation) {

    static final double NORM_EPSILON = 1e-5;
    private static final double LOG_DEVIATION_LIMIT = 10;

    /**
     * @param raw {@code [N, 2 Z]}: means, then logarithms, which are cut to the limits
     */
    static <T> Gaussian<T> split(Ops<T> ops, T raw) {
        List<T> halves = ops.split(raw, 1, ops.shape(raw)[1] / 2);
        return new Gaussian<>(
                halves.get(0), ops.clamp(halves.get(1), -LOG_DEVIATION_LIMIT, LOG_DEVIATION_LIMIT));
    }

    /**
     * @param noise {@code [N, Z]} standard normal draws
     */
    T sample(Ops<T> ops, T noise) {
        return ops.add(mean, ops.multiply(ops.exp(logDeviation), noise));
    }

    /** The same values, without gradient. */
    Gaussian<T> stopped(Ops<T> ops) {
        return new Gaussian<>(ops.stopGradient(mean), ops.stopGradient(logDeviation));
    }

    /**
     * KL(this || other) of each row, in nats: the sum over Z of {@code ln(s_o / s) + (s^2 + (m -
     * m_o)^2) / (2 s_o^2) - 1/2}.
     *
     * @return {@code [N]}
     */
    T divergence(Ops<T> ops, Gaussian<T> other) {
        T logRatio = ops.subtract(logDeviation, other.logDeviation);
        T distance = // in deviations of the other
                ops.multiply(
                        ops.subtract(mean, other.mean), ops.exp(ops.negate(other.logDeviation)));
        T squares = ops.add(ops.exp(ops.multiply(logRatio, 2)), ops.square(distance));
        T each = ops.add(ops.subtract(ops.multiply(squares, 0.5), logRatio), -0.5);
        return ops.sum(each, false, 1);
    }

    /**
     * Draws the prior towards the posterior and the posterior towards the prior: half the weight
     * for each, each with the other held fixed. A row below the free nats has no gradient.
     *
     * @param freeNats floor of each row's divergence, at least 0
     * @return scalar, in nats; equals the mean of the rows' floored divergences
     */
    static <T> T balancedLoss(
            Ops<T> ops, Gaussian<T> posterior, Gaussian<T> prior, double freeNats) {
        T towardsPosterior = posterior.stopped(ops).divergence(ops, prior);
        T towardsPrior = posterior.divergence(ops, prior.stopped(ops));
        return ops.multiply(
                ops.add(
                        floored(ops, towardsPosterior, freeNats),
                        floored(ops, towardsPrior, freeNats)),
                0.5);
    }

    private static <T> T floored(Ops<T> ops, T divergence, double freeNats) {
        return ops.meanAll(ops.clamp(divergence, freeNats, Float.MAX_VALUE));
    }
}
