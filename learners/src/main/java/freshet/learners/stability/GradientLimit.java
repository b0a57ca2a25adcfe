package freshet.learners.stability;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Refuses updates whose gradient is far longer than those of late.
 *
 * <p>It compares with the median of the norms of the last {@value #WINDOW} updates that were done,
 * and says nothing before {@value #LEAST} were. A refused one leaves no trace, so after a jump to a
 * new level for good everything is refused until the limit is lifted by hand.
 */
public final class GradientLimit {

    static final int WINDOW = 100;
    static final int LEAST = 20;

    private final Deque<Double> norms = new ArrayDeque<>(); // oldest first, at most WINDOW
    private double factor; // 0: off

    double factor() {
        return factor;
    }

    /**
     * @param newFactor above which multiple of the median an update is refused; 0: never
     */
    void set(double newFactor) {
        factor = newFactor;
    }

    /** Greatest norm that is let through; infinite if none is too great. */
    public double greatest() {
        return factor == 0 || norms.size() < LEAST ? Double.POSITIVE_INFINITY : factor * median();
    }

    private double median() {
        double[] sorted = norms.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** An update with a gradient of this norm was done. */
    void applied(double norm) {
        if (norms.size() == WINDOW) {
            norms.removeFirst();
        }
        norms.addLast(norm);
    }

    void clear() {
        factor = 0;
        norms.clear();
    }

    /** Factor (double), norms (int count, doubles), oldest first. */
    void write(DataOutputStream out) throws IOException {
        out.writeDouble(factor);
        out.writeInt(norms.size());
        for (double norm : norms) {
            out.writeDouble(norm);
        }
    }

    void read(DataInputStream in) throws IOException {
        factor = in.readDouble();
        norms.clear();
        for (int i = in.readInt(); i > 0; i--) {
            norms.addLast(in.readDouble());
        }
    }
}
