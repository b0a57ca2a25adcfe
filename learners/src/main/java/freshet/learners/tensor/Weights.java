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
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }

    /** Reads {@code count} of them. */
    public static float[] read(DataInputStream in, int count) throws IOException {
        return fromBytes(in.readNBytes(Math.multiplyExact(count, Float.BYTES)));
    }
}
