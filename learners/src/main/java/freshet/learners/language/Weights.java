package freshet.learners.language;

import java.nio.ByteBuffer;

/** 32-bit floats as big-endian bytes. */
final class Weights {

    private Weights() {}

    static byte[] toBytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static float[] fromBytes(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }
}
