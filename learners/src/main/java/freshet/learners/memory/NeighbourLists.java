package freshet.learners.memory;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The nearest memorised keys of each position, nearest first; ties by position, oldest first.
 *
 * @param rows positions asked, n + 1 for a text of n tokens
 * @param k places per row; unused ones hold token -1 and an infinite distance
 * @param tokens {@code [rows, k]} the token that followed the key
 * @param squaredDistances {@code [rows, k]} squared Euclidean, recomputed exactly
 * @param positions {@code [rows, k]} where in the memorised stream the key stood
 * @param modelVersions {@code [rows, k]} version of the model that made the key
 */
public record NeighbourLists(
        int rows,
        int k,
        int[] tokens,
        float[] squaredDistances,
        long[] positions,
        long[] modelVersions) {

    /** Lists with all places unused. */
    static NeighbourLists empty(int rows, int k) {
        int places = rows * k;
        var lists =
                new NeighbourLists(
                        rows,
                        k,
                        new int[places],
                        new float[places],
                        new long[places],
                        new long[places]);
        for (int i = 0; i < places; i++) {
            lists.clear(i);
        }
        return lists;
    }

    private void clear(int place) {
        tokens[place] = -1;
        squaredDistances[place] = Float.POSITIVE_INFINITY;
        positions[place] = Long.MAX_VALUE;
        modelVersions[place] = -1;
    }

    private void copy(int place, NeighbourLists from, int fromPlace) {
        tokens[place] = from.tokens[fromPlace];
        squaredDistances[place] = from.squaredDistances[fromPlace];
        positions[place] = from.positions[fromPlace];
        modelVersions[place] = from.modelVersions[fromPlace];
    }

    /**
     * Whether the key at {@code place} comes before that of {@code other} at {@code otherPlace}.
     */
    private boolean isBefore(int place, NeighbourLists other, int otherPlace) {
        return squaredDistances[place] != other.squaredDistances[otherPlace]
                ? squaredDistances[place] < other.squaredDistances[otherPlace]
                : positions[place] < other.positions[otherPlace];
    }

    /**
     * Merges the lists of several shards into those of one big memory, exactly.
     *
     * @param shards lists of the same positions, each with at least {@code k} places
     */
    public static NeighbourLists merge(List<NeighbourLists> shards, int k) {
        int rows = shards.get(0).rows;
        NeighbourLists merged = empty(rows, k);
        int[] next = new int[shards.size()];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(next, 0);
            for (int place = row * k; place < (row + 1) * k; place++) {
                int nearest = -1;
                for (int s = 0; s < next.length; s++) {
                    NeighbourLists shard = shards.get(s);
                    if (next[s] < shard.k
                            && shard.tokens[row * shard.k + next[s]] >= 0
                            && (nearest < 0
                                    || shard.isBefore(
                                            row * shard.k + next[s],
                                            shards.get(nearest),
                                            row * shards.get(nearest).k + next[nearest]))) {
                        nearest = s;
                    }
                }
                if (nearest < 0) {
                    break;
                }
                NeighbourLists shard = shards.get(nearest);
                merged.copy(place, shard, row * shard.k + next[nearest]);
                next[nearest]++;
            }
        }
        return merged;
    }

    /** Writes the used places only. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(rows);
        out.writeShort(k);
        for (int row = 0; row < rows; row++) {
            int used = 0;
            while (used < k && tokens[row * k + used] >= 0) {
                used++;
            }
            out.writeShort(used);
            for (int place = row * k; place < row * k + used; place++) {
                out.writeInt(tokens[place]);
                out.writeFloat(squaredDistances[place]);
                out.writeLong(positions[place]);
                out.writeLong(modelVersions[place]);
            }
        }
    }

    public static NeighbourLists read(DataInput in) throws IOException {
        int rows = in.readInt();
        int k = in.readUnsignedShort();
        NeighbourLists lists = empty(rows, k);
        for (int row = 0; row < rows; row++) {
            int used = in.readUnsignedShort();
            for (int place = row * k; place < row * k + used; place++) {
                lists.tokens[place] = in.readInt();
                lists.squaredDistances[place] = in.readFloat();
                lists.positions[place] = in.readLong();
                lists.modelVersions[place] = in.readLong();
            }
        }
        return lists;
    }
}
