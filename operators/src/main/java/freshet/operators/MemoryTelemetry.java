package freshet.operators;

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
import java.util.TreeMap;

/** Merges the memory's measurements over a fixed number of texts, so that telemetry stays small. */
final class MemoryTelemetry {

    private static final int TEXTS = 32;

    private final Map<String, Measurement> merged = new TreeMap<>();
    private int texts;

    /** Returns the merged points every {@value #TEXTS} texts, else nothing; a list of its own. */
    List<Measurement> add(List<Measurement> measurements) {
        for (Measurement measurement : measurements) {
            if (measurement.count() > 0) {
                merged.merge(measurement.name(), measurement, Measurement::merge);
            }
        }
        texts++;
        if (texts < TEXTS) {
            return List.of();
        }
        List<Measurement> points = new ArrayList<>(merged.values());
        merged.clear();
        texts = 0;
        return points;
    }

    byte[] snapshot() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(texts);
            out.writeInt(merged.size());
            for (Measurement point : merged.values()) {
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

    void restore(byte[] snapshot) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            texts = in.readInt();
            merged.clear();
            for (int i = in.readInt(); i > 0; i--) {
                String name = in.readUTF();
                merged.put(
                        name,
                        new Measurement(
                                name,
                                -1,
                                -1,
                                in.readLong(),
                                in.readDouble(),
                                in.readDouble(),
                                in.readDouble()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
