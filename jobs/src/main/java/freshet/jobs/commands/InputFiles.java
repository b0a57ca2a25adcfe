package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files that the user names; what is wrong with one is said in one line. */
final class InputFiles {

    private InputFiles() {}

    /** A file itself, or the files below a folder, by name. */
    static List<Path> below(Path path) {
        if (!Files.exists(path)) {
            throw new CommandFailure("%s does not exist".formatted(path));
        }
        try (Stream<Path> below = Files.walk(path)) {
            return below.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw unreadable(path, e);
        } catch (UncheckedIOException e) { // a folder further down
            throw unreadable(path, e.getCause());
        }
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static CommandFailure unreadable(Path path, IOException e) {
        return new CommandFailure("%s cannot be read: %s".formatted(path, e), e);
    }
}
