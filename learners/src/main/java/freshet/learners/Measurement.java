package freshet.learners;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * One telemetry point that merges exactly with others of the same name and place: averages are kept
 * as sum and count, never as averages.
 *
 * @param name what is measured, camelCase with its unit at the end, such as {@code
 *     attentionEntropyNats}
 * @param layer layer it was measured at, from 0; -1 if it is not of a layer
 * @param head attention head, from 0, or which of several of one name, such as the ranges of a
 *     histogram; -1 if it is neither
 * @param count number of values merged into this point; 0 leaves the other fields without meaning
 * @param sum sum of the values
 * @param min smallest value
 * @param max largest value
 */
public record Measurement(
        String name, int layer, int head, long count, double sum, double min, double max) {

    /** A single value that belongs to no layer. */
    public static Measurement of(String name, double value) {
        return new Measurement(name, -1, -1, 1, value, value, value);
    }

    /** Name (UTF), layer, head (ints), count (long), sum, min, max (doubles). */
    public void write(DataOutputStream out) throws IOException {
        out.writeUTF(name);
        out.writeInt(layer);
        out.writeInt(head);
        out.writeLong(count);
        out.writeDouble(sum);
        out.writeDouble(min);
        out.writeDouble(max);
    }

    /** Reads what {@link #write} wrote. */
    public static Measurement read(DataInputStream in) throws IOException {
        return new Measurement(
                in.readUTF(),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble());
    }

    public double mean() {
        return sum / count;
    }

    /**
     * Returns this point and {@code other} as one.
     *
     * @throws IllegalArgumentException if the two are not of the same name and place
     */
    public Measurement merge(Measurement other) {
        if (!name.equals(other.name) || layer != other.layer || head != other.head) {
            throw new IllegalArgumentException("cannot merge %s with %s".formatted(this, other));
        }
        return new Measurement(
                name,
                layer,
                head,
                count + other.count,
                sum + other.sum,
                Math.min(min, other.min),
                Math.max(max, other.max));
    }
}
