package freshet.operators;

import freshet.learners.SavedState;
import freshet.learners.robots.RobotTrack;
import freshet.learners.tensor.Weights;
import freshet.learners.worldmodel.Belief;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What is known of one robot that is told what to do: some kilobytes, whatever it sends, and {@link
 * RecentFrames}.
 */
final class ActingRobot {

    /** 5: with what it saw last. */
    private static final int FORMAT_VERSION = 5;

    /** 4: pictures are compared, and rewards told. */
    private static final int WITH_PICTURES_COMPARED = 4;

    /** 3: with the step that its belief began at. */
    private static final int WITH_BEGINNING = 3;

    /** 2: with the version that it keeps until its episode ends. */
    private static final int WITH_KEPT_VERSION = 2;

    private static final int OLDEST_FORMAT_VERSION = 1;

    static final long KEEPS_NONE = -1;

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

    /** What is told of it next. */
    RobotReport report = new RobotReport();

    /** Of its belief; none unless another version's is to be made of it. */
    final RecentFrames frames;

    ActingRobot(String name, RobotTrack track, RecentFrames frames) {
        this.name = name;
        this.track = track;
        this.frames = frames;
    }

    /** One that nothing is known of yet. */
    static ActingRobot named(String name, ActingConfig acting, int actuators) {
        return new ActingRobot(
                name,
                new RobotTrack(acting.maxGap(), actuators),
                new RecentFrames(acting.unrollSteps()));
    }

    byte[] toBytes() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeUTF(name);
                    out.writeLong(lastMillis);
                    out.writeLong(answeredBy);
                    SavedState.writeBlock(out, track.snapshot());
                    out.writeBoolean(belief != null);
                    if (belief != null) {
                        write(out, belief.latent());
                        write(out, belief.hidden());
                        write(out, belief.action());
                    }
                    out.writeLong(keeps);
                    report.write(out);
                    frames.write(out);
                });
    }

    /**
     * Reads what {@link #toBytes} wrote, in this format or one before. Of those the beginning of a
     * belief is not known, and its steps are counted from here on; nor what it saw.
     */
    static ActingRobot fromBytes(byte[] bytes, ActingConfig acting, int actuators) {
        var read = new ActingRobot[1];
        SavedState.read(
                "acting robot",
                OLDEST_FORMAT_VERSION,
                FORMAT_VERSION,
                bytes,
                (format, in) -> {
                    ActingRobot robot = named(in.readUTF(), acting, actuators);
                    robot.lastMillis = in.readLong();
                    robot.answeredBy = in.readLong();
                    robot.track.restore(SavedState.readBlock(in));
                    if (in.readBoolean()) {
                        robot.belief = new Belief(floats(in), floats(in), floats(in));
                    }
                    if (format >= WITH_PICTURES_COMPARED) {
                        robot.keeps = in.readLong();
                        robot.report = RobotReport.read(in);
                    } else {
                        robot.report = RobotReport.readFirst(in);
                        robot.keeps = format < WITH_KEPT_VERSION ? KEEPS_NONE : in.readLong();
                        robot.report.beliefBegan(
                                format < WITH_BEGINNING ? robot.track.sequence() : in.readLong());
                    }
                    if (format == FORMAT_VERSION) {
                        robot.frames.read(in);
                    }
                    read[0] = robot;
                });
        return read[0];
    }

    static void write(DataOutputStream out, float[] values) throws IOException {
        out.writeInt(values.length);
        out.write(Weights.toBytes(values));
    }

    static float[] floats(DataInputStream in) throws IOException {
        return Weights.read(in, in.readInt());
    }
}
