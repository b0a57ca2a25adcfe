package freshet.learners;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * State that an earlier build saved, kept among the test resources as {@code
 * snapshots/v<format>/<kind>.gz}, compressed twice: most of it repeats itself. A new format gets a
 * new file; the old ones stay.
 */
public final class Saved {

    private Saved() {}

    /** Reads one file. */
    public static byte[] bytes(String resource) {
        try (var in = Saved.class.getResourceAsStream("/snapshots/" + resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no saved state at snapshots/" + resource);
            }
            return new GZIPInputStream(new GZIPInputStream(in)).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a file of pages. */
    public static SortedMap<Integer, byte[]> pages(String resource) {
        var pages = new TreeMap<Integer, byte[]>();
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes(resource)))) {
            for (int i = in.readInt(); i > 0; i--) {
                int page = in.readInt();
                pages.put(page, in.readNBytes(in.readInt()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pages;
    }

    /** What {@link #bytes} reads: for the file of a new format. */
    public static byte[] file(byte[] state) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(new GZIPOutputStream(bytes))) {
            out.write(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What {@link #pages} reads. */
    public static byte[] file(SortedMap<Integer, byte[]> pages) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(pages.size());
            for (Map.Entry<Integer, byte[]> page : pages.entrySet()) {
                out.writeInt(page.getKey());
                out.writeInt(page.getValue().length);
                out.write(page.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file(bytes.toByteArray());
    }
}
