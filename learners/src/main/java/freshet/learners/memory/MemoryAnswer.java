package freshet.learners.memory;

import freshet.learners.Measurement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the memory, or one shard of it, knows about each position of a text.
 *
 * @param neighbours nearest keys
 * @param contexts n-gram counts and longest matches
 * @param measurements of the search
 */
public record MemoryAnswer(
        NeighbourLists neighbours, ContextAnswer contexts, List<Measurement> measurements) {

    public byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            neighbours.write(out);
            contexts.write(out);
            out.writeInt(measurements.size());
            for (Measurement point : measurements) {
                out.writeUTF(point.name());
                out.writeLong(point.count());
                out.writeDouble(point.sum());
                out.writeDouble(point.min());
                out.writeDouble(point.max());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static MemoryAnswer fromBytes(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            NeighbourLists neighbours = NeighbourLists.read(in);
            ContextAnswer contexts = ContextAnswer.read(in);
            List<Measurement> points = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                points.add(
                        new Measurement(
                                in.readUTF(),
                                -1,
                                -1,
                                in.readLong(),
                                in.readDouble(),
                                in.readDouble(),
                                in.readDouble()));
            }
            return new MemoryAnswer(neighbours, contexts, points);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer of one big memory from those of all its shards. */
    public static MemoryAnswer merge(List<MemoryAnswer> inShardOrder, int k) {
        Map<String, Measurement> points = new TreeMap<>();
        for (MemoryAnswer answer : inShardOrder) {
            for (Measurement point : answer.measurements) {
                points.merge(point.name(), point, Measurement::merge);
            }
        }
        NeighbourLists neighbours =
                NeighbourLists.merge(
                        inShardOrder.stream().map(MemoryAnswer::neighbours).toList(), k);
        nearestDistance(neighbours).ifPresent(point -> points.put(point.name(), point));
        return new MemoryAnswer(
                neighbours,
                ContextAnswer.merge(inShardOrder.stream().map(MemoryAnswer::contexts).toList()),
                List.copyOf(points.values()));
    }

    private static Optional<Measurement> nearestDistance(NeighbourLists lists) {
        Measurement all = null;
        for (int row = 0; row < lists.rows(); row++) {
            if (lists.tokens()[row * lists.k()] >= 0) {
                Measurement one =
                        Measurement.of(
                                "memoryHitSquaredDistance",
                                lists.squaredDistances()[row * lists.k()]);
                all = all == null ? one : all.merge(one);
            }
        }
        return Optional.ofNullable(all);
    }
}
