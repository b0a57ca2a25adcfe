package freshet.jobs.recovery;

import freshet.jobs.LocalJob;
import freshet.jobs.SeparateProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code freshet run} in a process of its own, which can be killed and started again. */
final class SeparateJob implements AutoCloseable {

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(90);

    /** Who looks all the time takes the processor from what is looked at. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Path folder;
    private final List<String> arguments = new ArrayList<>();
    private SeparateProcess process;

    /**
     * @param folder for checkpoints and the process's output
     * @param settings options of the run command, by key
     * @param branches both, learn or serve
     */
    SeparateJob(Path folder, Map<String, String> settings, String branches) {
        this.folder = folder;
        arguments.addAll(List.of("run", "--branches", branches, "--folder", folder.toString()));
        settings.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
    }

    /** Starts from the newest savepoint or complete checkpoint, if there is one. */
    void start() {
        List<String> command = new ArrayList<>(arguments);
        if (LocalJob.newestState(folder).isPresent()) {
            command.add("--resume");
        }
        List<String> options = new ArrayList<>(SeparateProcess.FLINK_OPENS);
        options.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        process = SeparateProcess.start(options, command, output());
    }

    /** SIGKILL: no shutdown hook, no flush, no last checkpoint. */
    void kill() {
        process.kill();
    }

    /** As Ctrl-C does: with a savepoint, from which the next start goes on. */
    void stop() {
        process.stop(STOPS_WITHIN);
        if (!said("savepoint ")) {
            throw new IllegalStateException("no savepoint was taken, see " + output());
        }
    }

    /**
     * Waits a moment, for loops that look for what it has done.
     *
     * @throws IllegalStateException if the process has ended by itself
     */
    void staysAlive() {
        if (process.endsWithin(LOOK_EVERY)) {
            throw new IllegalStateException(
                    "the job's process ended with %d, see %s:%n%s"
                            .formatted(process.exitValue(), output(), lastWords()));
        }
    }

    /**
     * Waits until it ends by itself; see {@link SeparateProcess#await}.
     *
     * @return its exit value
     */
    int await(Duration patience) {
        return process.await(patience);
    }

    /** Newest checkpoint whose metadata, which is written last, is there. */
    Optional<Path> latestCheckpoint() {
        Path checkpoints = folder.resolve("checkpoints");
        if (!Files.exists(checkpoints)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.find(checkpoints, 3, (path, what) -> isCheckpoint(path))) {
            return found.filter(path -> Files.exists(path.resolve("_metadata")))
                    .max(Comparator.comparingLong(SeparateJob::number))
                    .map(Path::toAbsolutePath);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // one was removed while we looked; ask again
        }
    }

    /** Number of the newest checkpoint; 0: none. Goes on growing over restarts. */
    long checkpoints() {
        return latestCheckpoint().map(SeparateJob::number).orElse(0L);
    }

    boolean hasThrown() {
        return said(ThrowingPartitioner.SAYS);
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(output());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean said(String what) {
        try {
            return Files.readString(output()).contains(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path output() {
        return folder.resolve("output");
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }

    private static boolean isCheckpoint(Path path) {
        return path.getFileName().toString().startsWith("chk-");
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
    }
}
