package freshet.learners;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * State of something small as bytes: its format (int), then what it writes itself, big-endian. A
 * learner's own is a {@link LearnerSnapshot}.
 */
public final class SavedState {

    /** Writes everything but the format. */
    @FunctionalInterface
    public interface Writer {
        void to(DataOutputStream out) throws IOException;
    }

    /** Reads what the writer wrote. */
    @FunctionalInterface
    public interface Reader {
        void from(DataInputStream in) throws IOException;
    }

    /** Reads what writers of several formats wrote. */
    @FunctionalInterface
    public interface FormatReader {
        void from(int format, DataInputStream in) throws IOException;
    }

    private SavedState() {}

    public static byte[] write(int format, Writer writer) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(format);
            writer.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes how many bytes there are, then these. */
    public static void writeBlock(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /**
     * Reads what {@link #writeBlock} wrote.
     *
     * @throws IOException if it is cut short
     */
    public static byte[] readBlock(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("%d bytes announced, not there".formatted(length));
        }
        return bytes;
    }

    /**
     * @param what whose state it is, for messages
     * @throws IllegalArgumentException if it is of another format or cut short
     */
    public static void read(String what, int format, byte[] state, Reader reader) {
        read(what, format, format, state, (saved, in) -> reader.from(in));
    }

    /**
     * The same for state that formats before this one wrote as well.
     *
     * @param oldest format that is still read
     * @param newest this build's
     */
    public static void read(
            String what, int oldest, int newest, byte[] state, FormatReader reader) {
        try (var in = new DataInputStream(new ByteArrayInputStream(state))) {
            int saved = in.readInt();
            if (saved < oldest || saved > newest) {
                String reads = oldest == newest ? "" : oldest + " to ";
                throw new IllegalArgumentException(
                        "%s in format %d, this build reads %s%d"
                                .formatted(what, saved, reads, newest));
            }
            reader.from(saved, in);
        } catch (IOException e) {
            throw new IllegalArgumentException(what + " is cut short", e);
        }
    }
}
