package freshet.operators;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last sequence number of each source, to tell repeats. Bounded: beyond {@code maxSources} the
 * source that spoke longest ago is forgotten.
 */
final class LastSequences {

    private final int maxSources;
    private final Map<String, Long> last = new LinkedHashMap<>(16, 0.75f, true);

    LastSequences(int maxSources) {
        this.maxSources = maxSources;
    }

    /** Notes {@code sequence}; false if it does not lie beyond the last one. */
    boolean advance(String source, long sequence) {
        Long before = last.get(source);
        if (before != null && sequence <= before) {
            return false;
        }
        last.put(source, sequence);
        if (last.size() > maxSources) {
            Iterator<String> eldest = last.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return true;
    }

    /** Why a record that did not advance its source is a repeat. */
    String repeat(InRecord record) {
        return "sequence %d of source %s, learned up to %d"
                .formatted(record.sequence, record.source, last.getOrDefault(record.source, -1L));
    }

    byte[] snapshot() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(last.size());
            for (var entry : last.entrySet()) { // least recently used first
                out.writeUTF(entry.getKey());
                out.writeLong(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void restore(byte[] snapshot) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            last.clear();
            for (int i = in.readInt(); i > 0; i--) {
                last.put(in.readUTF(), in.readLong());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
