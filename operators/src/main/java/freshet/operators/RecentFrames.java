package freshet.operators;

import freshet.learners.SavedState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What one robot saw and did last, since its belief began: other weights can make its belief anew
 * from that.
 *
 * <p>State: at most so many frames, a picture each. The oldest of them was seen: a belief cannot
 * begin with one that was missing.
 */
final class RecentFrames {

    /**
     * One step.
     *
     * @param picture null if it was missing
     * @param felt proprioception; null if it was missing
     * @param done {@code [A]}, what the robot did at the step before; null where the belief begins
     */
    record Seen(long sequence, byte[] picture, float[] felt, float[] done) {}

    private final int most;
    private final Deque<Seen> frames = new ArrayDeque<>();

    /**
     * @param most frames that are kept, from 0
     */
    RecentFrames(int most) {
        this.most = most;
    }

    void clear() {
        frames.clear();
    }

    void add(Seen newest) {
        frames.add(newest);
        while (frames.size() > most || (!frames.isEmpty() && frames.peek().picture() == null)) {
            frames.remove();
        }
    }

    /** Oldest first. */
    List<Seen> all() {
        return List.copyOf(frames);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(frames.size());
        for (Seen frame : frames) {
            out.writeLong(frame.sequence());
            out.writeBoolean(frame.picture() != null);
            if (frame.picture() != null) {
                SavedState.writeBlock(out, frame.picture());
                ActingRobot.write(out, frame.felt());
            }
            out.writeBoolean(frame.done() != null);
            if (frame.done() != null) {
                ActingRobot.write(out, frame.done());
            }
        }
    }

    /** Reads what {@link #write} wrote; the newest of it if fewer are kept now. */
    void read(DataInputStream in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            long sequence = in.readLong();
            boolean seen = in.readBoolean();
            byte[] picture = seen ? SavedState.readBlock(in) : null;
            float[] felt = seen ? ActingRobot.floats(in) : null;
            add(
                    new Seen(
                            sequence,
                            picture,
                            felt,
                            in.readBoolean() ? ActingRobot.floats(in) : null));
        }
    }
}
