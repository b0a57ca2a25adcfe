package freshet.learners.worldmodel;

/** Keeps an update from being as large as its gradient. */
final class GradientClip {

    private static final double EPSILON = 1e-6; // as in the source's library

    private GradientClip() {}

    /**
     * What to multiply a gradient with so that its norm stays below {@code limit}.
     *
     * @param norm Euclidean norm of the gradient, at least 0
     */
    static double scale(double limit, double norm) {
        return Math.min(1, limit / (norm + EPSILON));
    }
}
