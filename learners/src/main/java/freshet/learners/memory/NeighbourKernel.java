package freshet.learners.memory;

/**
 * What a neighbour's distance is worth.
 *
 * <p>Source: Khandelwal et al., "Generalization through Memorization", ICLR 2020
 * (arXiv:1911.00172), eq. 2: {@code p(w)} is proportional to the sum of {@code exp(-d^2 /
 * temperature)} over the neighbours that carry {@code w}. Differs in one point: the temperature is
 * a running median of the nearest distance times a factor, as the paper's 1 fits its own keys only.
 */
final class NeighbourKernel {

    /** Beyond this a neighbour weighs nothing that a 32-bit sum could see. */
    private static final double FARTHEST = 60;

    private NeighbourKernel() {}

    /**
     * Weight of a neighbour beside the nearest, which weighs 1.
     *
     * @param squaredDistance at least {@code nearest}
     * @param nearest squared distance of the nearest neighbour
     * @param temperature in units of squared distance, above 0
     */
    static float weight(float squaredDistance, float nearest, float temperature) {
        double scaled = (squaredDistance - nearest) / temperature;
        return (float) StrictMath.exp(-Math.min(FARTHEST, scaled));
    }
}
