package freshet.jobs.cluster;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process of the cluster that outlives the command that started it. It is known by a file with
 * its number and the moment of its start, as numbers are given again.
 */
public final class NodeProcess {

    /** What can be done to a process from outside. */
    public enum Signal {
        /** Asks it to stop. */
        TERM,
        /** Ends it on the spot. */
        KILL,
        /** Pauses it: it neither runs nor answers, but it is there. */
        STOP,
        /** Lets a paused one go on. */
        CONT
    }

    private static final Path NOTHING = Path.of("/dev/null");

    private final String name;
    private final Map<String, String> environment;
    private final Path file;
    private final Path log;

    /**
     * @param name such as {@code taskmanager-1}
     * @param folder of the cluster
     * @param environment variables that it is started with, beyond ours
     */
    NodeProcess(String name, Path folder, Map<String, String> environment) {
        this.name = name;
        this.environment = environment;
        this.file = folder.resolve("processes").resolve(name);
        this.log = folder.resolve("logs").resolve(name + ".log");
    }

    String name() {
        return name;
    }

    /** What it prints, over all its lives. */
    Path log() {
        return log;
    }

    /**
     * Starts it, with nothing to read.
     *
     * @param javaOptions class path included
     * @param main class and arguments
     * @throws CommandFailure if it runs already
     */
    void start(List<String> javaOptions, List<String> main) {
        if (isAlive()) {
            throw new CommandFailure("%s runs already, as process %d".formatted(name, pid()));
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(main);
        try {
            Files.createDirectories(log.getParent());
            Files.createDirectories(file.getParent());
            var builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(NOTHING.toFile())
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Files.writeString(file, process.pid() + " " + startOf(process.toHandle()) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    boolean isAlive() {
        return handle().isPresent();
    }

    /** Its number; 0 if it is gone. */
    long pid() {
        return handle().map(ProcessHandle::pid).orElse(0L);
    }

    /** Stopped by {@link Signal#STOP}. */
    boolean isPaused() {
        return handle().filter(process -> stateOf(process.pid()).startsWith("T")).isPresent();
    }

    private static String stateOf(long pid) {
        try {
            Process ps =
                    new ProcessBuilder("ps", "-o", "state=", "-p", String.valueOf(pid)).start();
            return new String(
                            ps.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    private Optional<ProcessHandle> handle() {
        try {
            String[] parts = Files.readString(file).strip().split(" ", 2);
            return ProcessHandle.of(Long.parseLong(parts[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> startOf(process) == Long.parseLong(parts[1]));
        } catch (IOException e) {
            return Optional.empty(); // never started
        }
    }

    /**
     * @throws CommandFailure if it is gone
     */
    void signal(Signal signal) {
        ProcessHandle process =
                handle().orElseThrow(() -> new CommandFailure("%s does not run".formatted(name)));
        try {
            int answer =
                    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                            .start()
                            .waitFor();
            if (answer != 0) {
                throw new CommandFailure("%s does not take a %s".formatted(name, signal));
            }
            if (signal == Signal.KILL) {
                process.onExit().join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    /**
     * Asks it to stop and kills it if it has not after {@code patience}; does nothing if it is
     * gone.
     */
    void stop(Duration patience) {
        Optional<ProcessHandle> process = handle();
        if (process.isEmpty()) {
            return;
        }
        signal(Signal.CONT); // a paused one could not hear it
        signal(Signal.TERM);
        try {
            process.get().onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            process.get().destroyForcibly();
            process.get().onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The last lines that it printed. */
    String lastWords(int lines) {
        try {
            List<String> all = Files.readAllLines(log);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "";
        }
    }
}
