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

/** Text files that the user names, looked at before the first record is sent. */
final class TextFiles {

    private static final int BLOCK = 1 << 16;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFiles() {}

    /** Files as given; a folder stands for the files below it, by name. */
    static List<Path> list(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        paths.forEach(path -> files.addAll(InputFiles.below(path)));
        files.forEach(TextFiles::requireUtf8);
        return files;
    }

    /**
     * A whole file, without the mark that some editors put in front.
     *
     * @throws CommandFailure if there is none or it is not UTF-8, naming the byte
     */
    static String read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure("%s is not a file".formatted(file));
        }
        requireUtf8(file);
        try {
            String text = Files.readString(file);
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /** Refuses a file that is not UTF-8, and says at which byte. */
    private static void requireUtf8(Path file) {
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
            throw InputFiles.unreadable(file, e);
        }
    }
}
