package freshet.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A freshet command in a process of its own, with this one's class path. It never outlives this
 * process, however that ends: its standard input is a pipe from here, and when that closes, it
 * stops.
 */
public final class SeparateProcess implements AutoCloseable {

    /** What Flink needs of the JVM that it runs in. */
    public static final List<String> FLINK_OPENS =
            List.of(
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.time=ALL-UNNAMED");

    private static final int ABANDONED = 143; // as after a TERM

    private final Process process;
    private final Path output;

    private SeparateProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts it.
     *
     * @param javaOptions of its JVM
     * @param arguments of the freshet command
     * @param output file to which it appends what it prints
     */
    public static SeparateProcess start(
            List<String> javaOptions, List<String> arguments, Path output) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        SeparateProcess.class.getName()));
        command.addAll(arguments);
        try {
            if (output.getParent() != null) {
                Files.createDirectories(output.getParent());
            }
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                            .start();
            return new SeparateProcess(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process itself: the command, and a look at whether who started it is still there. */
    public static void main(String[] args) {
        Thread watch = new Thread(SeparateProcess::endWithParent, "end with the parent");
        watch.setDaemon(true);
        watch.start();
        Freshet.main(args);
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {} // nothing is ever written
        } catch (IOException e) {
            // As if closed.
        }
        Runtime.getRuntime().halt(ABANDONED);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /**
     * @throws IllegalThreadStateException if it is alive
     */
    public int exitValue() {
        return process.exitValue();
    }

    /**
     * Waits until it ends by itself.
     *
     * @return its exit value
     * @throws IllegalStateException if it has not after {@code patience}
     */
    public int await(Duration patience) {
        if (!endsWithin(patience)) {
            throw new IllegalStateException(
                    "still runs after %d s, see %s".formatted(patience.toSeconds(), output));
        }
        return process.exitValue();
    }

    /** Waits until it ends by itself, or for so long. */
    public boolean endsWithin(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What it printed. */
    public Path output() {
        return output;
    }

    /** Asks it to stop, as Ctrl-C does; kills it if it has not after {@code patience}. */
    public void stop(Duration patience) {
        process.toHandle().destroy(); // Process.destroy would close the pipe, too
        if (!endsWithin(patience)) {
            kill();
        }
    }

    /** SIGKILL: no shutdown hook, no flush; waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
