package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files to publish, looked at before the first record is sent. */
final class TextFiles {

    private static final int BLOCK = 1 << 16;

    private TextFiles() {}

    /** Files as given; a folder stands for the files below it, by name. */
    static List<Path> list(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new CommandFailure("%s does not exist".formatted(path));
            }
            try (Stream<Path> below = Files.walk(path)) {
                below.filter(Files::isRegularFile).sorted().forEach(files::add);
            } catch (IOException e) {
                throw new CommandFailure("%s cannot be read: %s".formatted(path, e), e);
            }
        }
        files.forEach(TextFiles::check);
        return files;
    }

    static long totalBytes(List<Path> files) {
        long total = 0;
        for (Path file : files) {
            try {
                total += Files.size(file);
            } catch (IOException e) {
                throw new CommandFailure("%s cannot be read: %s".formatted(file, e), e);
            }
        }
        return total;
    }

    /** Refuses a file that is not UTF-8, and says at which byte. */
    private static void check(Path file) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        CharBuffer characters = CharBuffer.allocate(BLOCK);
        long offset = 0;
        try (InputStream in = Files.newInputStream(file)) {
            boolean end = false;
            while (!end) {
                int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
                end = read < 0;
                bytes.position(bytes.position() + Math.max(read, 0)).flip();
                CoderResult result = decoder.decode(bytes, characters.clear(), end);
                offset += bytes.position();
                if (result.isError()) {
                    throw new CommandFailure(
                            "%s is not UTF-8 at byte %d; convert it, such as with iconv -f latin1 -t utf-8"
                                    .formatted(file, offset));
                }
                bytes.compact();
            }
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be read: %s".formatted(file, e), e);
        }
    }
}
