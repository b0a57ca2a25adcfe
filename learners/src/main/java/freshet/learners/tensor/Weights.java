package freshet.learners.tensor;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** 32-bit floats as big-endian bytes. */
public final class Weights {

    private Weights() {}

    public static byte[] toBytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    public static float[] fromBytes(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        fromBytes(bytes, values, 0);
        return values;
    }

    /** Puts all of them into {@code values}, from {@code start} on. */
    public static void fromBytes(byte[] bytes, float[] values, int start) {
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values, start, bytes.length / Float.BYTES);
    }

    /** Index of the first that is not finite; -1: all are. */
    public static int firstNotFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }

    /** Reads {@code count} of them. */
    public static float[] read(DataInputStream in, int count) throws IOException {
        return fromBytes(in.readNBytes(Math.multiplyExact(count, Float.BYTES)));
    }
}
