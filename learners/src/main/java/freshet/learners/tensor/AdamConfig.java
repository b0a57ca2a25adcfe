package freshet.learners.tensor;

/**
 * Rates of Adam (Kingma and Ba, "Adam", ICLR 2015, algorithm 1, with bias correction).
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the corrected second moment, above 0
 */
public record AdamConfig(double beta1, double beta2, double epsilon) {

    public AdamConfig {
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon > 0)) {
            throw new IllegalArgumentException(
                    "beta1 %s and beta2 %s must be in [0, 1), epsilon %s above 0"
                            .formatted(beta1, beta2, epsilon));
        }
    }
}
