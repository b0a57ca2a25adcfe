package freshet.learners.scoring;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Scores of class predictions as weighted sums, which merge by addition and fade by a factor.
 * Bounded by C x C + 3 x {@value #BINS} numbers.
 */
public final class ClassTally {

    private static final int BINS = 15;

    /** Log loss of a record is at most -ln of this: a 32-bit probability can be 0. */
    private static final double LEAST_PROBABILITY = 1e-12;

    private final int classes;
    private final double[] confusion; // [C, C] true class by predicted class
    private final double[] binWeight = new double[BINS];
    private final double[] binConfidence = new double[BINS];
    private final double[] binRight = new double[BINS];
    private double lossNats;

    public ClassTally(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("%d classes, must be at least 2".formatted(classes));
        }
        this.classes = classes;
        confusion = new double[classes * classes];
    }

    /**
     * Counts one prediction.
     *
     * @param probabilities {@code [C]}
     * @param label true class
     * @throws IllegalArgumentException if a length or the label is off, or a probability is not in
     *     [0, 1]
     */
    public void add(float[] probabilities, int label) {
        if (probabilities.length != classes || label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    "%d probabilities and label %d, there are %d classes"
                            .formatted(probabilities.length, label, classes));
        }
        for (int c = 0; c < classes; c++) {
            if (!(probabilities[c] >= 0 && probabilities[c] <= 1)) {
                throw new IllegalArgumentException(
                        "probabilities[%d] is %s".formatted(c, probabilities[c]));
            }
        }
        int predicted = likeliest(probabilities);
        confusion[label * classes + predicted]++;
        lossNats += logLossNats(probabilities, label);
        double confidence = probabilities[predicted];
        int bin = Math.min(BINS - 1, (int) (confidence * BINS));
        binWeight[bin]++;
        binConfidence[bin] += confidence;
        binRight[bin] += predicted == label ? 1 : 0;
    }

    /** Log loss of one prediction, at most 27.7 nats; not finite if the probability is not. */
    public static double logLossNats(float[] probabilities, int label) {
        return -StrictMath.log(Math.max(probabilities[label], LEAST_PROBABILITY));
    }

    /** The most probable class; of several the first. */
    public static int likeliest(float[] probabilities) {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            best = probabilities[c] > probabilities[best] ? c : best;
        }
        return best;
    }

    /** Adds what another counted. */
    public void add(ClassTally other) {
        if (other.classes != classes) {
            throw new IllegalArgumentException(
                    "tally of %d classes, this one of %d".formatted(other.classes, classes));
        }
        addTo(confusion, other.confusion);
        addTo(binWeight, other.binWeight);
        addTo(binConfidence, other.binConfidence);
        addTo(binRight, other.binRight);
        lossNats += other.lossNats;
    }

    private static void addTo(double[] sums, double[] others) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
        }
    }

    /** Multiplies the weight of all counted so far. */
    void fade(double factor) {
        for (double[] sums : new double[][] {confusion, binWeight, binConfidence, binRight}) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] *= factor;
            }
        }
        lossNats *= factor;
    }

    /** Weight of all counted: their number, if nothing faded. */
    public double weight() {
        return Arrays.stream(binWeight).sum();
    }

    /** Share predicted as labelled, in [0, 1]; NaN if nothing was counted. */
    public double accuracy() {
        return Arrays.stream(binRight).sum() / weight();
    }

    /** Mean of -ln of the true class's probability; NaN if nothing was counted. */
    public double logLossNats() {
        return lossNats / weight();
    }

    /**
     * Expected calibration error, in [0, 1]: mean over the predictions of |confidence - accuracy|,
     * each averaged within {@value #BINS} equal ranges of confidence (Guo et al., "On calibration
     * of modern neural networks", ICML 2017, eq. 3).
     */
    public double calibrationError() {
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += Math.abs(binConfidence[bin] - binRight[bin]);
        }
        return sum / weight();
    }

    /** Weight of predictions of {@code predicted} for records of class {@code label}. */
    public double confusion(int label, int predicted) {
        return confusion[label * classes + predicted];
    }

    /** C (int), then log loss, confusion, and the bins' weights, confidences and hits (doubles). */
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(classes);
        out.writeDouble(lossNats);
        for (double[] sums : new double[][] {confusion, binWeight, binConfidence, binRight}) {
            for (double sum : sums) {
                out.writeDouble(sum);
            }
        }
    }

    /** Reads what {@link #write} wrote. */
    public static ClassTally read(DataInputStream in) throws IOException {
        var tally = new ClassTally(in.readInt());
        tally.lossNats = in.readDouble();
        for (double[] sums :
                new double[][] {
                    tally.confusion, tally.binWeight, tally.binConfidence, tally.binRight
                }) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] = in.readDouble();
            }
        }
        return tally;
    }
}
