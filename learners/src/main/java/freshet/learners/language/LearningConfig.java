package freshet.learners.language;

import freshet.learners.tensor.AdamConfig;
import java.io.Serializable;

/**
 * Rates of the learner, checked.
 *
 * @param rate Adam's step size after the warm-up, in (0, 1]
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, above 0
 * @param warmUpSteps steps over which the rate grows linearly from 0, in [0, 1000000]
 * @param decayPerThousandSteps d of rate / (1 + d * steps / 1000), in [0, 1000]
 * @param clipNorm largest Euclidean norm of the gradient, above 0
 * @param replayWindows windows of text learned before that each update learns again, in [0, 64]
 * @param replayCapacityTokens newest learned tokens that are kept for replay, in [0, 100000000]
 * @param activationL2 omega: weight of the mean square of the memory's keys in the loss, in [0, 10]
 * @param averageDecay share of the running average of the weights that an update leaves in place,
 *     in [0, 1): models are published with the average, which is steadier than the newest weights;
 *     0 publishes those
 * @param seed of initial weights and replay
 * @param probeEverySteps attention, output and gradient probes run every so many steps; 0: no
 *     telemetry at all; in [0, 1000000]
 * @param spectraEverySteps spectral norms are estimated every so many steps, in [1, 1000000]
 * @param diagnoseEverySteps layers and embedding are diagnosed every so many steps; 0: never; in
 *     [0, 1000000]
 */
public record LearningConfig(
        double rate,
        double beta1,
        double beta2,
        double epsilon,
        int warmUpSteps,
        double decayPerThousandSteps,
        double clipNorm,
        int replayWindows,
        int replayCapacityTokens,
        double activationL2,
        double averageDecay,
        long seed,
        int probeEverySteps,
        int spectraEverySteps,
        int diagnoseEverySteps)
        implements Serializable {

    public LearningConfig {
        check("learning.rate", rate, Double.MIN_VALUE, 1);
        check("learning.beta1", beta1, 0, Math.nextDown(1.0));
        check("learning.beta2", beta2, 0, Math.nextDown(1.0));
        check("learning.epsilon", epsilon, Double.MIN_VALUE, 1);
        check("learning.warmUpSteps", warmUpSteps, 0, 1_000_000);
        check("learning.decayPerThousandSteps", decayPerThousandSteps, 0, 1000);
        check("learning.clipNorm", clipNorm, Double.MIN_VALUE, Double.MAX_VALUE);
        check("learning.replayWindows", replayWindows, 0, 64);
        check("learning.replayCapacityTokens", replayCapacityTokens, 0, 100_000_000);
        check("learning.activationL2", activationL2, 0, 10);
        check("learning.averageDecay", averageDecay, 0, Math.nextDown(1.0));
        check("learning.probeEverySteps", probeEverySteps, 0, 1_000_000);
        check("learning.spectraEverySteps", spectraEverySteps, 1, 1_000_000);
        check("learning.diagnoseEverySteps", diagnoseEverySteps, 0, 1_000_000);
    }

    /** The recipe that measured best on 1 to 3 MB of prose. */
    public static LearningConfig defaults() {
        return new LearningConfig(
                4e-3, 0.9, 0.99, 1e-8, 50, 0.1, 1, 1, 1_000_000, 0, 0.98, 1, 5, 25, 0);
    }

    AdamConfig adam() {
        return new AdamConfig(beta1, beta2, epsilon);
    }

    /** Step size of update {@code step}, counted from 1. */
    double rateAt(long step) {
        double warm = warmUpSteps == 0 ? 1 : Math.min(1, step / (double) warmUpSteps);
        return rate * warm / (1 + decayPerThousandSteps * (step - 1) / 1000);
    }

    /**
     * Share of the average that update {@code step}, counted from 1, leaves in place: at first
     * less, so that the initial weights are soon forgotten.
     */
    double averageDecayAt(long step) {
        return Math.min(averageDecay, step / (step + 9.0));
    }

    private static void check(String option, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    "%s is %s, must be in [%s, %s]".formatted(option, value, low, high));
        }
    }
}
