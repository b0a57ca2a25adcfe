package freshet.learners.memory;

import freshet.learners.Measurement;
import freshet.learners.stability.Summary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

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

    /**
     * The answer of one big memory from those of all its shards.
     *
     * @param modelVersion version of the model that asks: neighbours of older ones count as stale
     */
    public static MemoryAnswer merge(List<MemoryAnswer> inShardOrder, int k, long modelVersion) {
        Map<String, Measurement> points = new TreeMap<>();
        for (MemoryAnswer answer : inShardOrder) {
            for (Measurement point : answer.measurements) {
                points.merge(point.name(), point, Measurement::merge);
            }
        }
        NeighbourLists neighbours =
                NeighbourLists.merge(
                        inShardOrder.stream().map(MemoryAnswer::neighbours).toList(), k);
        for (Measurement point : measure(neighbours, modelVersion)) {
            points.put(point.name(), point);
        }
        return new MemoryAnswer(
                neighbours,
                ContextAnswer.merge(inShardOrder.stream().map(MemoryAnswer::contexts).toList()),
                List.copyOf(points.values()));
    }

    /** How far the nearest keys were, and how many of all were made by an older model. */
    private static List<Measurement> measure(NeighbourLists lists, long modelVersion) {
        var distances = new Summary();
        var stale = new Summary();
        for (int row = 0; row < lists.rows(); row++) {
            int first = row * lists.k();
            if (lists.tokens()[first] >= 0) {
                distances.add(lists.squaredDistances()[first]);
            }
            for (int at = first; at < first + lists.k() && lists.tokens()[at] >= 0; at++) {
                stale.add(lists.modelVersions()[at] < modelVersion ? 1 : 0);
            }
        }
        return Stream.of(
                        distances.of("memoryHitSquaredDistance", -1, -1),
                        stale.of("memoryStaleShare", -1, -1))
                .filter(point -> point.count() > 0)
                .toList();
    }
}
