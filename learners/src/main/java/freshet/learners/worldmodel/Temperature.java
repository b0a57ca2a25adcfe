package freshet.learners.worldmodel;

import freshet.learners.tensor.AdamConfig;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a nat of entropy is worth in rewards: grows while the policy has less entropy than its
 * target. One number with an Adam of its own, so it lives in Java.
 *
 * <p>Source: Haarnoja et al. (arXiv:1812.05905), section 5; rates and limits of CoRe's code.
 */
final class Temperature {

    /** Bytes that {@link #write} writes. */
    static final int BYTES = 3 * Double.BYTES + Long.BYTES;

    private static final AdamConfig ADAM = new AdamConfig(0.5, 0.999, 1e-8);
    private static final double CLIP = 1;
    private static final double HIGHEST_LOG = 3;

    private final double rate;
    private final double targetEntropy;
    private double logAlpha;
    private double firstMoment;
    private double secondMoment;
    private long step;

    /**
     * @param rate Adam's step size; 0 holds the temperature fixed
     * @param targetEntropy in nats
     */
    Temperature(double initialLog, double rate, double targetEntropy) {
        this.logAlpha = initialLog;
        this.rate = rate;
        this.targetEntropy = targetEntropy;
    }

    double alpha() {
        return StrictMath.exp(logAlpha);
    }

    /** Slope of {@code -alpha (target + mean log-probability)} over ln alpha. */
    double gradient(double meanLogProbability) {
        return -alpha() * (targetEntropy + meanLogProbability);
    }

    /**
     * @param meanLogProbability of drawn actions, in nats; finite
     */
    void learn(double meanLogProbability) {
        double gradient = gradient(meanLogProbability);
        gradient *= GradientClip.scale(CLIP, Math.abs(gradient));
        step++;
        firstMoment = ADAM.beta1() * firstMoment + (1 - ADAM.beta1()) * gradient;
        secondMoment = ADAM.beta2() * secondMoment + (1 - ADAM.beta2()) * gradient * gradient;
        double first = firstMoment / (1 - StrictMath.pow(ADAM.beta1(), (double) step));
        double second = secondMoment / (1 - StrictMath.pow(ADAM.beta2(), (double) step));
        logAlpha -= rate * first / (Math.sqrt(second) + ADAM.epsilon());
        logAlpha = Math.min(logAlpha, HIGHEST_LOG);
    }

    /** Logarithm of alpha and two moments (doubles), updates (long). */
    void write(DataOutputStream out) throws IOException {
        out.writeDouble(logAlpha);
        out.writeDouble(firstMoment);
        out.writeDouble(secondMoment);
        out.writeLong(step);
    }

    void read(DataInputStream in) throws IOException {
        logAlpha = in.readDouble();
        firstMoment = in.readDouble();
        secondMoment = in.readDouble();
        step = in.readLong();
    }
}
