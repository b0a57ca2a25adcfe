package freshet.operators;

import freshet.learners.Measurement;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** What is told of one robot in the next report: a few sums, whatever it sends. */
public final class RobotReport {

    static final String SURPRISE = "surpriseNats";
    static final String REPEATED = "pictureRepeated";
    static final String REWARD = "reward";

    private static final long NO_PICTURE = -1;

    /** Checksum of the newest picture. */
    private long picture = NO_PICTURE;

    /** Step of the episode that its belief began at. */
    private long begunAt;

    private long reports;
    private long bridgedBefore;

    // Since the last report.

    private Measurement surprise = none(SURPRISE);
    private Measurement repeated = none(REPEATED);
    private Measurement reward = none(REWARD);
    private long missed;

    /** Leaves what it is merged with as it is. */
    private static Measurement none(String name) {
        return new Measurement(
                name, -1, -1, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    /**
     * @param sequence step that it acted at
     * @param begins whether its belief began with that step
     */
    public void acted(long sequence, boolean begins, double surpriseNats) {
        begunAt = begins ? sequence : begunAt;
        surprise = surprise.merge(Measurement.of(SURPRISE, surpriseNats));
    }

    /**
     * @param newest what its camera showed; empty if it has none
     */
    public void saw(byte[] newest) {
        if (newest.length == 0) {
            return;
        }
        var checksum = new CRC32C();
        checksum.update(newest, 0, newest.length);
        if (picture != NO_PICTURE) {
            boolean same = picture == checksum.getValue();
            repeated = repeated.merge(Measurement.of(REPEATED, same ? 1 : 0));
        }
        picture = checksum.getValue();
    }

    public void earned(double ofStep) {
        reward = reward.merge(Measurement.of(REWARD, ofStep));
    }

    void missed() {
        missed++;
    }

    public boolean isDue(int everySteps) {
        return surprise.count() >= everySteps;
    }

    /**
     * Ends the report.
     *
     * @param sequence step of the newest action
     * @param bridged steps bridged in all
     */
    public List<Measurement> take(long sequence, long bridged) {
        List<Measurement> points = new ArrayList<>();
        points.add(surprise);
        points.add(Measurement.of("deadlinesMissed", (double) missed));
        points.add(Measurement.of("stepsBridged", (double) bridged - bridgedBefore));
        points.add(Measurement.of("beliefSteps", (double) sequence - begunAt));
        for (Measurement point : List.of(repeated, reward)) {
            if (point.count() > 0) {
                points.add(point);
            }
        }
        reports++;
        bridgedBefore = bridged;
        surprise = none(SURPRISE);
        repeated = none(REPEATED);
        reward = none(REWARD);
        missed = 0;
        return points;
    }

    /** Reports taken so far. */
    public long reports() {
        return reports;
    }

    void write(DataOutputStream out) throws IOException {
        write(out, surprise);
        out.writeLong(missed);
        out.writeLong(reports);
        out.writeLong(bridgedBefore);
        out.writeLong(begunAt);
        out.writeLong(picture);
        write(out, repeated);
        write(out, reward);
    }

    static RobotReport read(DataInputStream in) throws IOException {
        RobotReport report = readFirst(in);
        report.begunAt = in.readLong();
        report.picture = in.readLong();
        report.repeated = read(in, REPEATED);
        report.reward = read(in, REWARD);
        return report;
    }

    /** Reads what was written before pictures were compared and rewards told. */
    static RobotReport readFirst(DataInputStream in) throws IOException {
        var report = new RobotReport();
        report.surprise = read(in, SURPRISE);
        report.missed = in.readLong();
        report.reports = in.readLong();
        report.bridgedBefore = in.readLong();
        return report;
    }

    void beliefBegan(long sequence) {
        begunAt = sequence;
    }

    private static void write(DataOutputStream out, Measurement point) throws IOException {
        out.writeLong(point.count());
        out.writeDouble(point.sum());
        out.writeDouble(point.min());
        out.writeDouble(point.max());
    }

    private static Measurement read(DataInputStream in, String name) throws IOException {
        return new Measurement(
                name, -1, -1, in.readLong(), in.readDouble(), in.readDouble(), in.readDouble());
    }
}
