package freshet.learners.worldmodel;

/**
 * One weight vector learned from each record once, without replay: the step size is cut so that no
 * update overshoots its own error.
 *
 * <p>Source: Elsayed, Vasan and Mahmood, "Streaming deep reinforcement learning finally works"
 * (arXiv:2410.14606), algorithm 3 (ObGD), written from the description.
 */
final class StreamingUpdate {

    private final double rate;
    private final double decay;
    private final double kappa;
    private final double[] weights;
    private final double[] trace;

    /**
     * @param rate largest step size, above 0
     * @param decay discount times lambda: share of the trace that a step leaves, in [0, 1]
     * @param kappa how far below the error an update stays, above 0
     * @param weights initial; copied
     */
    StreamingUpdate(double rate, double decay, double kappa, double[] weights) {
        this.rate = rate;
        this.decay = decay;
        this.kappa = kappa;
        this.weights = weights.clone();
        this.trace = new double[weights.length];
    }

    /**
     * @param gradient of the negated value over the weights
     * @param error of the value, signed (the temporal difference)
     * @return the step size that was taken
     */
    double learn(double[] gradient, double error) {
        double length = 0;
        for (int i = 0; i < trace.length; i++) {
            trace[i] = decay * trace[i] + gradient[i];
            length += Math.abs(trace[i]);
        }
        double overshoot = rate * kappa * Math.max(Math.abs(error), 1) * length;
        double step = rate / Math.max(overshoot, 1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] -= step * error * trace[i];
        }
        return step;
    }

    double[] weights() {
        return weights.clone();
    }

    double[] trace() {
        return trace.clone();
    }
}
