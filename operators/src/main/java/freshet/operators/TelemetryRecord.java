package freshet.operators;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.learners.stability.rules.Report;
import java.util.ArrayList;
import java.util.List;

/**
 * A record of the telemetry topic after decoding. Its points are columns, because Flink copies
 * those quickly; its source is model/part, its sequence the number.
 */
public class TelemetryRecord extends InRecord {
    private static final long serialVersionUID = 1;

    /** Empty if the record has a problem: it is still keyed by it. */
    public String modelName = "";

    public String part;

    // Of each point.
    public String[] names;
    public int[] layers;
    public int[] heads;
    public long[] counts;
    public double[] sums;
    public double[] mins;
    public double[] maxs;

    // Of each run of records that the measured update learned.
    public String[] firsts;
    public String[] lasts;
    public int recordsLeftOut;

    @Override
    byte[] content() {
        return value;
    }

    /** As the rules take it. */
    Report report() {
        List<Measurement> points = new ArrayList<>(names.length);
        for (int i = 0; i < names.length; i++) {
            points.add(
                    new Measurement(
                            names[i], layers[i], heads[i], counts[i], sums[i], mins[i], maxs[i]));
        }
        LearnedRecords records = LearnedRecords.of(firsts, lasts, recordsLeftOut);
        return new Report(part, sequence, eventTimeMillis, points, records);
    }
}
