package freshet.benchmarks.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Sizes that general compressors reach on the same bytes. */
final class Compressors {

    private Compressors() {}

    /** Bytes of {@code xz -9e} by the XZ for Java library. */
    static long xz(byte[] text) throws IOException {
        var compressed = new ByteArrayOutputStream();
        var strongest = new LZMA2Options(LZMA2Options.PRESET_MAX);
        strongest.setNiceLen(LZMA2Options.NICE_LEN_MAX); // what -e adds to -9
        strongest.setDepthLimit(512);
        try (var xz = new XZOutputStream(compressed, strongest)) {
            xz.write(text);
        }
        return compressed.size();
    }

    /** Bytes that a command line compressor writes to its output; empty if it is not there. */
    static OptionalLong command(byte[] text, String... command) throws IOException {
        Path file = Files.createTempFile("freshet-score", ".txt");
        try {
            Files.write(file, text);
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(file.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            long size;
            try (InputStream out = process.getInputStream()) {
                size = out.transferTo(OutputStream.nullOutputStream());
            }
            return process.waitFor() == 0 ? OptionalLong.of(size) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty(); // not installed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.delete(file);
        }
    }
}
