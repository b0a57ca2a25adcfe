package freshet.learners.stability;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Saves and reads a detector's numbers: kind (UTF), format (int), then what the kind writes. */
final class DetectorState {

    private static final int FORMAT_VERSION = 1;

    @FunctionalInterface
    interface Writer {
        void to(DataOutputStream out) throws IOException;
    }

    @FunctionalInterface
    interface Reader {
        void from(DataInputStream in) throws IOException;
    }

    private DetectorState() {}

    static byte[] write(String kind, Writer writer) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeUTF(kind);
            out.writeInt(FORMAT_VERSION);
            writer.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void read(String kind, byte[] snapshot, Reader reader) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            String saved = in.readUTF();
            int version = in.readInt();
            if (!saved.equals(kind) || version != FORMAT_VERSION) {
                throw new IllegalArgumentException(
                        "state of a %s detector in format %d, this is %s in format %d"
                                .formatted(saved, version, kind, FORMAT_VERSION));
            }
            reader.from(in);
        } catch (IOException e) {
            throw new IllegalArgumentException(kind + " detector's state is cut short", e);
        }
    }

    static double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a detector was given " + value);
        }
        return value;
    }
}
