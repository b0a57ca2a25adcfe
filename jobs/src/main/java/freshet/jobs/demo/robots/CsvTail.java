package freshet.jobs.demo.robots;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads along while another process writes a CSV file. A line counts once it is whole. */
final class CsvTail {

    private final Path file;
    private long read;
    private boolean headRead;

    CsvTail(Path file) {
        this.file = file;
    }

    /** Fields of the lines that have come since the last call, the head left out. */
    List<String[]> newLines() {
        List<String[]> lines = new ArrayList<>();
        if (!Files.exists(file)) {
            return lines;
        }
        String text = newText();
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            if (headRead) {
                lines.add(text.substring(from, end).split(",", -1));
            }
            headRead = true;
            from = end + 1;
        }
        read += from; // one byte a character: what we write is ASCII
        return lines;
    }

    private String newText() {
        try (FileChannel channel = FileChannel.open(file)) {
            var bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - read));
            while (bytes.hasRemaining() && channel.read(bytes, read + bytes.position()) >= 0) {}
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
