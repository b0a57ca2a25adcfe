package freshet.learners.stability;

/**
 * QK-clip (arXiv:2507.20534): after an update, a head whose greatest attention logit is above a
 * threshold has its logits scaled back to it.
 */
public final class QueryKeyClip {

    private QueryKeyClip() {}

    /**
     * Factor on a head's logits: {@code min(1, threshold / greatest)}. Without norms, queries and
     * keys are each scaled by its root.
     *
     * @param greatest absolute logit of the head over all rows of the update; 1 is returned unless
     *     it is above 0 and finite
     * @param threshold tau, above 0
     */
    public static double factor(double greatest, double threshold) {
        return greatest > 0 && Double.isFinite(greatest) ? Math.min(1, threshold / greatest) : 1;
    }
}
