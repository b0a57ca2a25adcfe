package freshet.learners;

import freshet.learners.tensor.Weights;

/**
 * What one worker brings to the end of a round.
 *
 * @param round from 0
 * @param worker from 0
 * @param updates that it did in the round: its weight in the mean
 * @param nats sum over the new items of the round of their loss before they were learned
 * @param items that were new, replayed ones not counted
 * @param values see {@link AveragedLearner#averaged}
 */
public record RoundShare(
        long round, int worker, int updates, double nats, long items, float[] values) {

    private static final int FORMAT_VERSION = 2;

    /**
     * Format (int), round (long), worker, updates (ints), nats (double), items (long), number of
     * values (int), values (floats).
     */
    public byte[] toBytes() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeLong(round);
                    out.writeInt(worker);
                    out.writeInt(updates);
                    out.writeDouble(nats);
                    out.writeLong(items);
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
                    double nats = in.readDouble();
                    long items = in.readLong();
                    int count = in.readInt();
                    if (count < 0 || in.available() != (long) count * Float.BYTES) {
                        throw new IllegalArgumentException(
                                "share of a round says %d values and has %d bytes"
                                        .formatted(count, in.available()));
                    }
                    read[0] =
                            new RoundShare(
                                    round, worker, updates, nats, items, Weights.read(in, count));
                });
        return read[0];
    }
}
