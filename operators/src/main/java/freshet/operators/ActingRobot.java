package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.SavedState;
import freshet.learners.robots.RobotTrack;
import freshet.learners.tensor.Weights;
import freshet.learners.worldmodel.Belief;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** What is known of one robot that is told what to do: some kilobytes, whatever it sends. */
final class ActingRobot {

    /** 3: with the step that its belief began at. */
    private static final int FORMAT_VERSION = 3;

    /** 2: with the version that it keeps until its episode ends. */
    private static final int WITH_KEPT_VERSION = 2;

    private static final int OLDEST_FORMAT_VERSION = 1;

    static final long KEEPS_NONE = -1;

    static final String SURPRISE = "surpriseNats";

    /** Leaves what it is merged with as it is. */
    private static final Measurement NONE =
            new Measurement(
                    SURPRISE, -1, -1, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    final String name;
    final RobotTrack track;

    /** Null before the first action of an episode. */
    Belief belief;

    /** Event time of its newest record. */
    long lastMillis;

    /** Version that chose its newest action. */
    long answeredBy;

    /** Version that it acts by until its episode ends, see {@link EpisodeVersions}. */
    long keeps = KEEPS_NONE;

    /** Step of the episode that its belief began at. */
    private long begunAt;

    // Since the last report.

    private Measurement surprise = NONE;
    private long missed;
    private long reports;
    private long bridgedBefore;

    ActingRobot(String name, RobotTrack track) {
        this.name = name;
        this.track = track;
    }

    /**
     * @param sequence step that it acted at
     * @param begins whether its belief began with that step
     */
    void acted(long sequence, boolean begins, double surpriseNats) {
        begunAt = begins ? sequence : begunAt;
        surprise = surprise.merge(Measurement.of(SURPRISE, surpriseNats));
    }

    void missed() {
        missed++;
    }

    /** Puts the report into the answer once it is due. */
    void report(RobotAnswer answer, int everySteps) {
        if (surprise.count() < everySteps) {
            return;
        }
        answer.reportedSteps = surprise.count();
        answer.surpriseSumNats = surprise.sum();
        answer.surpriseMinNats = surprise.min();
        answer.surpriseMaxNats = surprise.max();
        answer.missed = missed;
        answer.bridged = track.counts().bridged() - bridgedBefore;
        answer.beliefSteps = answer.sequence - begunAt;
        answer.report = reports++;
        bridgedBefore = track.counts().bridged();
        surprise = NONE;
        missed = 0;
    }

    byte[] toBytes() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeUTF(name);
                    out.writeLong(lastMillis);
                    out.writeLong(answeredBy);
                    byte[] place = track.snapshot();
                    out.writeInt(place.length);
                    out.write(place);
                    out.writeBoolean(belief != null);
                    if (belief != null) {
                        write(out, belief.latent());
                        write(out, belief.hidden());
                        write(out, belief.action());
                    }
                    out.writeLong(surprise.count());
                    out.writeDouble(surprise.sum());
                    out.writeDouble(surprise.min());
                    out.writeDouble(surprise.max());
                    out.writeLong(missed);
                    out.writeLong(reports);
                    out.writeLong(bridgedBefore);
                    out.writeLong(keeps);
                    out.writeLong(begunAt);
                });
    }

    /**
     * Reads what {@link #toBytes} wrote, in this format or one before. Of those the beginning of a
     * belief is not known, and its steps are counted from here on.
     *
     * @param maxGap see {@link RobotTrack}
     */
    static ActingRobot fromBytes(byte[] bytes, int maxGap, int actuators) {
        var read = new ActingRobot[1];
        SavedState.read(
                "acting robot",
                OLDEST_FORMAT_VERSION,
                FORMAT_VERSION,
                bytes,
                (format, in) -> {
                    var robot = new ActingRobot(in.readUTF(), new RobotTrack(maxGap, actuators));
                    robot.lastMillis = in.readLong();
                    robot.answeredBy = in.readLong();
                    robot.track.restore(in.readNBytes(in.readInt()));
                    if (in.readBoolean()) {
                        robot.belief = new Belief(floats(in), floats(in), floats(in));
                    }
                    robot.surprise =
                            new Measurement(
                                    SURPRISE,
                                    -1,
                                    -1,
                                    in.readLong(),
                                    in.readDouble(),
                                    in.readDouble(),
                                    in.readDouble());
                    robot.missed = in.readLong();
                    robot.reports = in.readLong();
                    robot.bridgedBefore = in.readLong();
                    robot.keeps = format < WITH_KEPT_VERSION ? KEEPS_NONE : in.readLong();
                    robot.begunAt =
                            format < FORMAT_VERSION ? robot.track.sequence() : in.readLong();
                    read[0] = robot;
                });
        return read[0];
    }

    private static void write(DataOutputStream out, float[] values) throws IOException {
        out.writeInt(values.length);
        out.write(Weights.toBytes(values));
    }

    private static float[] floats(DataInputStream in) throws IOException {
        return Weights.read(in, in.readInt());
    }
}
