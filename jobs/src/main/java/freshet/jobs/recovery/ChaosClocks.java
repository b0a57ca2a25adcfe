package freshet.jobs.recovery;

import freshet.jobs.cluster.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Clocks of single processes, which can be turned while they run: the time of day, not what
 * intervals are measured with. By libfaketime, which reads a file about once a second.
 */
final class ChaosClocks {

    private final Path library;
    private final Path folder;

    /**
     * @param library {@code libfaketime.so.1}
     * @param folder for the files that say what a clock shows
     */
    ChaosClocks(Path library, Path folder) {
        this.library = library;
        this.folder = folder;
    }

    /** Gives a process a clock of its own, from its next start on. */
    void give(LocalCluster cluster, String process) {
        turn(process, 0);
        cluster.setEnvironment(
                process,
                Map.of(
                        "LD_PRELOAD", library.toString(),
                        "FAKETIME_TIMESTAMP_FILE", file(process).toString(),
                        "FAKETIME_CACHE_DURATION", "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                        // Else Java's timed waits return at once.
                        "FAKETIME_FORCE_MONOTONIC_FIX", "0"));
    }

    /**
     * @param seconds by which it goes before or, negative, behind the true time
     */
    void turn(String process, int seconds) {
        Path next = folder.resolve("next-clock");
        try {
            Files.writeString(next, "%+d%n".formatted(seconds));
            Files.move(next, file(process), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String process) {
        return folder.resolve("clock-of-" + process);
    }
}
