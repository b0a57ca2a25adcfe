package freshet.learners.tensor;

import java.util.Set;

/**
 * One program with its parameters and gradient on an engine, each a flat buffer of {@link
 * Layout#size} floats. It is the optimiser of all its parameters; others go over a stretch of them.
 * Owns native memory until closed; not thread-safe.
 */
public interface Session extends Optimiser, AutoCloseable {

    Layout layout();

    /**
     * Runs the program without gradient.
     *
     * @param wanted names of the outputs to copy back
     */
    Outputs run(Inputs inputs, Set<String> wanted);

    /**
     * Runs the program and overwrites the gradient buffer with the gradient of its loss.
     *
     * @throws DeviceMemoryException if there is no room for it; parameters and moments are as
     *     before
     */
    Outputs differentiate(Inputs inputs, Set<String> wanted);

    /**
     * Adds {@code decay} times the parameters to the gradient buffer from element {@code from} on:
     * the gradient of {@code decay / 2} times their squared norm.
     *
     * @param from first element; those before it keep their gradient
     */
    void addWeightDecay(double decay, int from);

    /**
     * Adam over the parameters [from, to), its moments at 0.
     *
     * @throws IllegalArgumentException if the layout has no such stretch
     */
    Optimiser optimiser(int from, int to);

    /**
     * Moves parameters a share of the way to others: a running average of them.
     *
     * @param from first of those that stay
     * @param into first of those that move
     * @param count of each
     * @param share in [0, 1]
     */
    void moveTowards(int from, int into, int count, double share);

    /** Copies of the flat buffers. */
    float[] parameters();

    float[] gradient();

    void setParameters(float[] values);

    @Override
    void close();
}
