package freshet.learners.stability;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A factor on a learner's rate that is ordered from outside, and a warm-up that is begun again:
 * over so many updates the rate grows linearly from 0 to its scaled value.
 */
public final class LearningRateScale {

    private double factor = 1;
    private int warmUp; // updates of the last re-warm-up; 0: none
    private int warmed; // of those, done

    public double factor() {
        return factor;
    }

    /** Share of its plain rate that the next update has. */
    public double next() {
        return warming() ? factor * (warmed + 1) / warmUp : factor;
    }

    private boolean warming() {
        return warmed < warmUp;
    }

    /** Whether {@link #set} would change nothing: the same is in effect or under way. */
    boolean is(double newFactor, int updates) {
        return newFactor == factor && (updates == 0 || warming() && updates == warmUp);
    }

    /**
     * @param updates of the re-warm-up; with 0 one that is under way goes on
     */
    void set(double newFactor, int updates) {
        if (is(newFactor, updates)) {
            return;
        }
        factor = newFactor;
        warmUpAgain(updates == 0 && warming() ? warmUp - warmed : updates);
    }

    void warmUpAgain(int updates) {
        warmUp = updates;
        warmed = 0;
    }

    /** An update was done. */
    void applied() {
        warmed = Math.min(warmUp, warmed + 1);
    }

    /** Factor (double), length of the re-warm-up and updates of it done (ints). */
    void write(DataOutputStream out) throws IOException {
        out.writeDouble(factor);
        out.writeInt(warmUp);
        out.writeInt(warmed);
    }

    void read(DataInputStream in) throws IOException {
        factor = in.readDouble();
        warmUp = in.readInt();
        warmed = in.readInt();
    }

    @Override
    public String toString() {
        return warming()
                ? "%s (re-warm-up, %d of %d updates done)".formatted(factor, warmed, warmUp)
                : String.valueOf(factor);
    }
}
