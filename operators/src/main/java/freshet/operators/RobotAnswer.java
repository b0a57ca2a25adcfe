package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.SavedState;
import java.util.ArrayList;
import java.util.List;

/** What a robot is to do, and at times what its model made of its newest steps. */
public class RobotAnswer {

    private static final int FORMAT_VERSION = 1;

    public String robot;
    public long episode;
    public long sequence;
    public long observationMillis;

    /** Milliseconds since 1970-01-01 UTC; 0: none. */
    public long deadlineMillis;

    /** {@code [A]}, in [-1, 1]. */
    public float[] action;

    public long modelVersion;

    /** Number of the report that goes along, of this robot; without meaning if none does. */
    public long report;

    /** What it reports; empty: nothing. */
    public byte[] measured = {};

    void report(long number, List<Measurement> points) {
        report = number;
        measured =
                SavedState.write(
                        FORMAT_VERSION,
                        out -> {
                            out.writeInt(points.size());
                            for (Measurement point : points) {
                                point.write(out);
                            }
                        });
    }

    /** What it reports; nothing most times. */
    List<Measurement> measured() {
        List<Measurement> points = new ArrayList<>();
        if (measured.length > 0) {
            SavedState.read(
                    "report of a robot",
                    FORMAT_VERSION,
                    FORMAT_VERSION,
                    measured,
                    (format, in) -> {
                        int count = in.readInt();
                        for (int i = 0; i < count; i++) {
                            points.add(Measurement.read(in));
                        }
                    });
        }
        return points;
    }
}
