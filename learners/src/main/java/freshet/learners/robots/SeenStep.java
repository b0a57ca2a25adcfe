package freshet.learners.robots;

import freshet.learners.SavedState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a robot saw and felt at one step.
 *
 * @param episode of this robot, from 0
 * @param sequence step within the episode, from 0
 * @param picture 8-bit samples, rows from the top; empty without a camera
 * @param felt what its own sensors measured; may be empty
 * @param terminal whether the episode ends with it, so that no action follows
 */
public record SeenStep(
        long episode, long sequence, byte[] picture, float[] felt, boolean terminal) {

    void write(DataOutputStream out) throws IOException {
        out.writeLong(episode);
        out.writeLong(sequence);
        SavedState.writeBlock(out, picture);
        RobotState.writeFloats(out, felt);
        out.writeBoolean(terminal);
    }

    static SeenStep read(DataInputStream in) throws IOException {
        return new SeenStep(
                in.readLong(),
                in.readLong(),
                SavedState.readBlock(in),
                RobotState.readFloats(in),
                in.readBoolean());
    }
}
