package freshet.learners;

import freshet.learners.tensor.Weights;

/**
 * What one worker brings to the end of a round.
 *
 * @param round from 0
 * @param worker from 0
 * @param updates that it did in the round: its weight in the mean
 * @param values see {@link AveragedLearner#averaged}
 */
public record RoundShare(long round, int worker, int updates, float[] values) {

    private static final int FORMAT_VERSION = 1;

    /** Format (int), round (long), worker, updates, number of values (ints), values (floats). */
    public byte[] toBytes() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeLong(round);
                    out.writeInt(worker);
                    out.writeInt(updates);
                    out.writeInt(values.length);
                    out.write(Weights.toBytes(values));
                });
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static RoundShare fromBytes(byte[] bytes) {
        RoundShare[] read = new RoundShare[1];
        SavedState.read(
                "share of a round",
                FORMAT_VERSION,
                bytes,
                in -> {
                    long round = in.readLong();
                    int worker = in.readInt();
                    int updates = in.readInt();
                    int count = in.readInt();
                    if (count < 0 || in.available() != (long) count * Float.BYTES) {
                        throw new IllegalArgumentException(
                                "share of a round says %d values and has %d bytes"
                                        .formatted(count, in.available()));
                    }
                    read[0] = new RoundShare(round, worker, updates, Weights.read(in, count));
                });
        return read[0];
    }
}
