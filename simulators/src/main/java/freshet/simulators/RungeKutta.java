package freshet.simulators;

/**
 * The classical Runge-Kutta method of fourth order with a fixed step. Not thread-safe: it keeps its
 * scratch space.
 */
final class RungeKutta {

    /** Motion of something that is pushed by constant forces during a step. */
    @FunctionalInterface
    interface Motion {

        /**
         * @param state {@code [S]}; only read
         * @param rates {@code [S]} to be filled: change of each entry a second
         */
        void rates(double[] state, double[] rates);
    }

    private final double[][] slopes;
    private final double[] probe;

    /**
     * @param size entries of the state that move
     */
    RungeKutta(int size) {
        slopes = new double[4][size];
        probe = new double[size];
    }

    /**
     * Moves the first entries of {@code state} on by one step; those behind them stay.
     *
     * @param seconds length of the step
     */
    void step(Motion motion, double[] state, double seconds) {
        motion.rates(state, slopes[0]);
        slope(motion, state, 0, seconds / 2);
        slope(motion, state, 1, seconds / 2);
        slope(motion, state, 2, seconds);
        for (int i = 0; i < probe.length; i++) {
            double sum = slopes[0][i] + 2 * slopes[1][i] + 2 * slopes[2][i] + slopes[3][i];
            state[i] += seconds / 6 * sum;
        }
    }

    private void slope(Motion motion, double[] state, int before, double seconds) {
        for (int i = 0; i < probe.length; i++) {
            probe[i] = state[i] + seconds * slopes[before][i];
        }
        motion.rates(probe, slopes[before + 1]);
    }
}
