package freshet.learners.tensor;

import java.util.Set;

/**
 * One program with its parameters, gradient and Adam moments on an engine, each a flat buffer of
 * {@link Layout#size} floats. Owns native memory until closed; not thread-safe.
 */
public interface Session extends AutoCloseable {

    Layout layout();

    /**
     * Runs the program without gradient.
     *
     * @param wanted names of the outputs to copy back
     */
    Outputs run(Inputs inputs, Set<String> wanted);

    /** Runs the program and overwrites the gradient buffer with the gradient of its loss. */
    Outputs differentiate(Inputs inputs, Set<String> wanted);

    /** Euclidean norm of the gradient buffer, accumulated in double; NaN or infinite if it is. */
    double gradientNorm();

    /**
     * Adds {@code decay} times the parameters to the gradient buffer from element {@code from} on:
     * the gradient of {@code decay / 2} times their squared norm.
     *
     * @param from first element; those before it keep their gradient
     */
    void addWeightDecay(double decay, int from);

    /**
     * One Adam update from the gradient buffer.
     *
     * @param rate step size
     * @param gradientScale multiplies the gradient first: min(1, limit / norm) clips it
     * @param step number of this update, from 1: for the bias correction
     * @return Euclidean norm of the change divided by that of the parameters
     */
    double adam(AdamConfig config, double rate, double gradientScale, long step);

    /** Copies of the flat buffers. */
    float[] parameters();

    float[] gradient();

    float[] firstMoment();

    float[] secondMoment();

    void setParameters(float[] values);

    void setMoments(float[] first, float[] second);

    @Override
    void close();
}
