package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;

/**
 * Losses of soft actor-critic (Haarnoja et al., arXiv:1812.05905) with two critics; the learned
 * temperature is a {@link Temperature}. Episodes end by time only, so every target bootstraps.
 */
final class SoftActorCritic {

    private SoftActorCritic() {}

    /**
     * What a critic should have said, without gradient.
     *
     * @param reward {@code [N]}
     * @param nextValue {@code [N]} the lower of the two target critics at the next step
     * @param nextLogProbability {@code [N]} of the next action, in nats
     * @param alpha temperature, {@code [1]}
     * @param discount in [0, 1)
     */
    static <T> T target(
            Ops<T> ops, T reward, T nextValue, T nextLogProbability, T alpha, double discount) {
        T soft = ops.subtract(nextValue, ops.multiply(alpha, nextLogProbability));
        return ops.stopGradient(ops.add(reward, ops.multiply(soft, discount)));
    }

    /**
     * Mean squared error of the first critic plus that of the second.
     *
     * @param values {@code [2, N]}
     * @param target {@code [N]}
     */
    static <T> T criticLoss(Ops<T> ops, T values, T target) {
        return ops.multiply(ops.meanAll(ops.square(ops.subtract(values, target))), 2);
    }

    /**
     * @param value {@code [N]} the lower critic of the drawn action
     * @param logProbability {@code [N]} of the drawn action, in nats
     * @param alpha temperature, {@code [1]}
     */
    static <T> T actorLoss(Ops<T> ops, T value, T logProbability, T alpha) {
        return ops.meanAll(ops.subtract(ops.multiply(alpha, logProbability), value));
    }

    /**
     * The lower of two critics.
     *
     * @param values {@code [2, N]}
     * @return {@code [N]}
     */
    static <T> T lower(Ops<T> ops, T values) {
        long rows = ops.shape(values)[1];
        return ops.reshape(
                ops.minimum(ops.slice(values, 0, 0, 1), ops.slice(values, 0, 1, 2)), rows);
    }
}
