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

    /** Copies, in the order of the parameters. */
    float[] firstMoment();

    float[] secondMoment();

    void setMoments(float[] first, float[] second);
}
