package freshet.learners.robots;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Arrays in the snapshots of this package: their length (int), then their numbers, big-endian. */
final class RobotState {

    private RobotState() {}

    /** Null is written as length -1. */
    static void writeFloats(DataOutputStream out, float[] values) throws IOException {
        out.writeInt(values == null ? -1 : values.length);
        if (values != null) {
            for (float value : values) {
                out.writeFloat(value);
            }
        }
    }

    static float[] readFloats(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        // A wrong length ends the stream before it fills memory that is not there.
        float[] values = new float[Math.min(length, in.available() / Float.BYTES)];
        if (values.length < length) {
            throw new IOException("%d numbers announced, not there".formatted(length));
        }
        for (int i = 0; i < length; i++) {
            values[i] = in.readFloat();
        }
        return values;
    }
}
