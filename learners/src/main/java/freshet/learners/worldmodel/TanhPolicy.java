package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;

/**
 * A normal distribution over actions, squashed into (-1, 1).
 *
 * <p>Source: Haarnoja et al., "Soft actor-critic" (arXiv:1812.05905), appendix C, with CoRe's
 * limits: mean within ±5, logarithm of the deviation in (-10, 2).
 *
 * @param gaussian before squashing, {@code [N, A]}
 */
record TanhPolicy<T>(Gaussian<T> gaussian) {

    private static final double MEAN_LIMIT = 5;
    private static final double LOWEST_LOG_DEVIATION = -10;
    private static final double LOG_DEVIATION_SPAN = 12;
    private static final double ACTION_LIMIT = 1 - 1e-7;
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    /**
     * One drawn action.
     *
     * @param action {@code [N, A]} in (-1, 1)
     * @param logProbability {@code [N]} of its density, in nats
     */
    record Draw<T>(T action, T logProbability) {}

    /**
     * @param head {@code [N, 2 A]}: raw means, then raw logarithms of the deviations
     */
    static <T> TanhPolicy<T> of(Ops<T> ops, T head) {
        long actions = ops.shape(head)[1] / 2;
        T mean = ops.slice(head, 1, 0, actions);
        T logDeviation = ops.slice(head, 1, actions, 2 * actions);
        return new TanhPolicy<>(
                new Gaussian<>(
                        ops.multiply(ops.tanh(ops.multiply(mean, 1 / MEAN_LIMIT)), MEAN_LIMIT),
                        ops.add(
                                ops.multiply(ops.sigmoid(logDeviation), LOG_DEVIATION_SPAN),
                                LOWEST_LOG_DEVIATION)));
    }

    /** The action at the mean: {@code [N, A]}. */
    T meanAction(Ops<T> ops) {
        return ops.tanh(gaussian.mean());
    }

    /**
     * The logarithm of the density in closed form, {@code sum of -noise^2 / 2 - ln s - ln(2 pi) / 2
     * - 2 (ln 2 - u - softplus(-2 u))}: an inverse tanh of the action would lose digits near ±1.
     *
     * @param noise {@code [N, A]} standard normal draws
     */
    Draw<T> draw(Ops<T> ops, T noise) {
        T before = gaussian.sample(ops, noise);
        T squash = // ln of the slope of tanh, halved
                ops.add(
                        ops.negate(ops.add(before, ops.softplus(ops.multiply(before, -2)))),
                        Math.log(2));
        T each =
                ops.add(
                        ops.add(ops.multiply(ops.square(noise), 0.5), gaussian.logDeviation()),
                        ops.multiply(squash, 2));
        T logProbability = ops.negate(ops.sum(ops.add(each, HALF_LOG_TWO_PI), false, 1));
        return new Draw<>(ops.clamp(ops.tanh(before), -ACTION_LIMIT, ACTION_LIMIT), logProbability);
    }
}
