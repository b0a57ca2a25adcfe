package freshet.learners.memory;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * Arrays of which most values stay as they started, written as which have changed and to what: one
 * bit for every value, and the changed ones. What a value started as repeats with the length of
 * {@code start}, of which that of the values is a multiple; none of it is NaN.
 */
final class ChangedFloats {

    private ChangedFloats() {}

    /** Bytes that {@link #write} will take. */
    static int bytes(float[] values, float[] start) {
        int changed = 0;
        for (int row = 0; row < values.length; row += start.length) {
            if (isChanged(values, row, start)) {
                for (int i = 0; i < start.length; i++) {
                    changed += differs(values[row + i], start[i]) ? 1 : 0;
                }
            }
        }
        return words(values) * Long.BYTES + changed * Float.BYTES;
    }

    static void write(ByteBuffer out, float[] values, float[] start) {
        long[] bits = new long[words(values)];
        LongBuffer first = out.asLongBuffer();
        out.position(out.position() + bits.length * Long.BYTES);
        for (int row = 0; row < values.length; row += start.length) {
            if (isChanged(values, row, start)) {
                for (int i = row; i < row + start.length; i++) {
                    if (differs(values[i], start[i - row])) {
                        bits[i / Long.SIZE] |= 1L << i; // taken modulo 64
                        out.putFloat(values[i]);
                    }
                }
            }
        }
        first.put(bits);
    }

    /** Most rows are not: they are passed over many values at a time. */
    private static boolean isChanged(float[] values, int row, float[] start) {
        return !Arrays.equals(values, row, row + start.length, start, 0, start.length);
    }

    static void read(ByteBuffer in, float[] values, float[] start) {
        long[] bits = new long[words(values)];
        in.asLongBuffer().get(bits);
        in.position(in.position() + bits.length * Long.BYTES);
        for (int row = 0; row < values.length; row += start.length) {
            for (int i = row; i < row + start.length; i++) {
                boolean differs = (bits[i / Long.SIZE] >>> i & 1) != 0;
                values[i] = differs ? in.getFloat() : start[i - row];
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
