package freshet.learners.tensor;

/**
 * Adam over a stretch of a session's parameters, with moments of its own. Several may share
 * parameters, each with its own rate and history. Belongs to the session and is freed with it.
 */
public interface Optimiser {

    /**
     * Euclidean norm of the stretch's gradient, accumulated in double; NaN or infinite if it is.
     */
    double gradientNorm();

    /**
     * One Adam update from the gradient buffer.
     *
     * @param rate step size
     * @param gradientScale multiplies the gradient first: min(1, limit / norm) clips it
     * @param step number of this update, from 1: for the bias correction
     * @return Euclidean norm of the change divided by that of the parameters
     */
    double adam(AdamConfig config, double rate, double gradientScale, long step);

    /**
     * After an update: how large its gradient was, as it was scaled, against what the second moment
     * expects: root of the mean of {@code g^2 / v}, v corrected for its start at 0. It cannot
     * exceed {@code 1 / sqrt(1 - beta2)} once the moment is old.
     *
     * @param step number of that update
     * @param bounds of stretches, each from one bound to the next, within this optimiser's own
     * @return one value for each stretch; 0 for an empty one
     */
    double[] gradientOverDeviation(AdamConfig config, long step, int... bounds);

    /** Copies, in the order of the parameters. */
    float[] firstMoment();

    float[] secondMoment();

    void setMoments(float[] first, float[] second);
}
