package freshet.learners.memory;

import java.nio.ByteBuffer;

/**
 * Arrays of which most values stay as they started, written as which have changed and to what: one
 * bit for every value, and the changed ones. What a value started as repeats with the length of
 * {@code start}.
 */
final class ChangedFloats {

    private ChangedFloats() {}

    /** Bytes that {@link #write} will take. */
    static int bytes(float[] values, float[] start) {
        int changed = 0;
        for (int i = 0; i < values.length; i++) {
            changed += differs(values[i], start[i % start.length]) ? 1 : 0;
        }
        return words(values) * Long.BYTES + changed * Float.BYTES;
    }

    static void write(ByteBuffer out, float[] values, float[] start) {
        ByteBuffer bits = out.slice();
        out.position(out.position() + words(values) * Long.BYTES);
        for (int word = 0; word < words(values); word++) {
            int end = Math.min(values.length, (word + 1) * Long.SIZE);
            long changed = 0;
            for (int i = word * Long.SIZE; i < end; i++) {
                if (differs(values[i], start[i % start.length])) {
                    changed |= 1L << i; // taken modulo 64
                    out.putFloat(values[i]);
                }
            }
            bits.putLong(changed);
        }
    }

    static void read(ByteBuffer in, float[] values, float[] start) {
        ByteBuffer bits = in.slice();
        in.position(in.position() + words(values) * Long.BYTES);
        for (int word = 0; word < words(values); word++) {
            int end = Math.min(values.length, (word + 1) * Long.SIZE);
            long changed = bits.getLong();
            for (int i = word * Long.SIZE; i < end; i++) {
                boolean differs = (changed >>> i & 1) != 0;
                values[i] = differs ? in.getFloat() : start[i % start.length];
            }
        }
    }

    private static int words(float[] values) {
        return (values.length + Long.SIZE - 1) / Long.SIZE;
    }

    private static boolean differs(float value, float start) {
        return Float.floatToRawIntBits(value) != Float.floatToRawIntBits(start);
    }
}
