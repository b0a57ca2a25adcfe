package freshet.learners.stability.rules;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * State of one condition on one series: what {@link Kind} asks is looked at with each point,
 * against the points before it. Bounded by the kind's windows.
 */
abstract class Detector {

    /** Whether the last point is beyond the limit. */
    protected boolean beyond;

    /** Whether it is still beyond the limit at which an open incident is over. */
    protected boolean lasting;

    /** What was compared with the limit, and what it was made from; for people. */
    protected double figure = Double.NaN;

    protected double baseline = Double.NaN;

    /**
     * Takes the next point.
     *
     * @param number of its report
     * @param value finite, but for {@link Kind.NonFinite}
     * @param hold an incident is open: look, but do not let the point into what is normal
     */
    final void add(long number, double value, boolean hold) {
        beyond = false;
        lasting = false;
        look(number, value, hold);
    }

    /** Sets what is above. */
    protected abstract void look(long number, double value, boolean hold);

    final void write(DataOutputStream out) throws IOException {
        out.writeBoolean(beyond);
        out.writeBoolean(lasting);
        out.writeDouble(figure);
        out.writeDouble(baseline);
        writeOwn(out);
    }

    final void read(DataInputStream in) throws IOException {
        beyond = in.readBoolean();
        lasting = in.readBoolean();
        figure = in.readDouble();
        baseline = in.readDouble();
        readOwn(in);
    }

    protected abstract void writeOwn(DataOutputStream out) throws IOException;

    protected abstract void readOwn(DataInputStream in) throws IOException;
}
