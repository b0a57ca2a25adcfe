package freshet.learners.scoring;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;

/**
 * Decides whether a candidate is as good as what is in use, from pairs of losses on the same
 * records, as soon as it is clear.
 *
 * <p>Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory
 * and asymptotic confidence sequences", Annals of Statistics 2024 (arXiv:2103.06476), theorem 2.2:
 * the mean difference lies within {@link #radius} of the observed one at all numbers of pairs at
 * once, with probability {@code 1 - error} in the limit. So it may be asked after every pair.
 * Differs in one point: after {@link Config#most} pairs the observed mean decides, bound or not.
 *
 * <p>Five numbers, whatever came.
 */
public final class PairedTrial {

    /** What is found. */
    public enum Verdict {
        OPEN,
        PROMOTE,
        ROLL_BACK
    }

    /**
     * When it is decided.
     *
     * @param least pairs before the first verdict, at least 2
     * @param most pairs after which the mean decides, at least {@code least}
     * @param tolerance by which the candidate's mean loss may be larger, in units of the loss; from
     *     0
     * @param error probability of a bound that does not hold, in (0, 1)
     */
    public record Config(int least, int most, double tolerance, double error)
            implements Serializable {

        public Config {
            if (least < 2 || most < least) {
                throw new IllegalArgumentException(
                        "a trial of %d to %d pairs, must be of at least 2 and no fewer than that at most"
                                .formatted(least, most));
            }
            if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)
                    || !(error > 0 && error < 1)) {
                throw new IllegalArgumentException(
                        "a trial with tolerance %s, from 0, and error %s, in (0, 1)"
                                .formatted(tolerance, error));
            }
        }
    }

    private final Config config;
    private long pairs;
    private double candidateSum;
    private double currentSum;
    private double meanDifference;
    private double squares; // of the distances from the mean

    public PairedTrial(Config config) {
        this.config = config;
    }

    /**
     * Counts one record's losses. A candidate's that is not finite is a verdict; a pair in which
     * only the other's is not finite is left out.
     */
    public Verdict add(double candidate, double current) {
        if (!Double.isFinite(candidate)) {
            return Verdict.ROLL_BACK;
        }
        if (!Double.isFinite(current)) {
            return Verdict.OPEN;
        }
        pairs++;
        candidateSum += candidate;
        currentSum += current;
        double difference = candidate - current;
        double before = difference - meanDifference; // Welford 1962
        meanDifference += before / pairs;
        squares += before * (difference - meanDifference);
        return verdict();
    }

    private Verdict verdict() {
        if (pairs < config.least()) {
            return Verdict.OPEN;
        }
        double radius = radius();
        boolean last = pairs >= config.most();
        if (meanDifference + radius <= config.tolerance()
                || last && meanDifference <= config.tolerance()) {
            return Verdict.PROMOTE;
        }
        return meanDifference - radius > config.tolerance() || last
                ? Verdict.ROLL_BACK
                : Verdict.OPEN;
    }

    public long pairs() {
        return pairs;
    }

    /** Mean of the candidate's losses; NaN without pairs. */
    public double candidateLoss() {
        return candidateSum / pairs;
    }

    /** Mean of the other's losses on the same records; NaN without pairs. */
    public double currentLoss() {
        return currentSum / pairs;
    }

    /** Candidate's minus the other's; 0 without pairs. */
    public double meanDifference() {
        return meanDifference;
    }

    /**
     * Half the width of the confidence sequence, in units of the loss. {@code rho} is the one for
     * which it is narrowest at the least number of pairs (there, section 3.5).
     */
    public double radius() {
        double n = pairs;
        double twoLogs = -2 * StrictMath.log(config.error());
        double rhoSquared = (twoLogs + StrictMath.log(twoLogs + 1)) / config.least();
        double spread = n * rhoSquared + 1;
        double deviation = Math.sqrt(squares / n);
        return deviation
                * Math.sqrt(
                        2
                                * spread
                                / (n * n * rhoSquared)
                                * StrictMath.log(Math.sqrt(spread) / config.error()));
    }

    /** What {@link #read} reads. */
    public void write(DataOutputStream out) throws IOException {
        out.writeLong(pairs);
        out.writeDouble(candidateSum);
        out.writeDouble(currentSum);
        out.writeDouble(meanDifference);
        out.writeDouble(squares);
    }

    public void read(DataInputStream in) throws IOException {
        pairs = in.readLong();
        candidateSum = in.readDouble();
        currentSum = in.readDouble();
        meanDifference = in.readDouble();
        squares = in.readDouble();
    }
}
