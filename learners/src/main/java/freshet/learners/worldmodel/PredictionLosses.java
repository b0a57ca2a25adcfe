package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;

/** What the heads of the world model are asked for. */
final class PredictionLosses {

    private PredictionLosses() {}

    /**
     * Mean over all elements of {@code d^2 / 2} where the error d is below 1, else {@code |d| -
     * 1/2}.
     *
     * @param predicted any shape
     * @param actual the same shape
     */
    static <T> T smoothL1(Ops<T> ops, T predicted, T actual) {
        T error = ops.abs(ops.subtract(predicted, actual));
        T inner = ops.clamp(error, 0, 1);
        // inner (error - inner / 2) is d^2 / 2 below 1 and d - 1/2 above.
        return ops.meanAll(ops.multiply(inner, ops.subtract(error, ops.multiply(inner, 0.5))));
    }

    /**
     * Half the squared error of an action, summed over its dimensions, mean over the rows.
     *
     * @param predicted {@code [N, A]}
     * @param actual {@code [N, A]}
     */
    static <T> T inverseDynamics(Ops<T> ops, T predicted, T actual) {
        T squares = ops.sum(ops.square(ops.subtract(actual, predicted)), false, 1);
        return ops.multiply(ops.meanAll(squares), 0.5);
    }
}
