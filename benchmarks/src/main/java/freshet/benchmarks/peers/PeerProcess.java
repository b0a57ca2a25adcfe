package freshet.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A script of {@code benchmarks/peers} in a process of its own. */
final class PeerProcess implements AutoCloseable {

    private static final Path FOLDER = Path.of("benchmarks", "peers");

    private final String script;
    private final Process process;

    private PeerProcess(String script, Process process) {
        this.script = script;
        this.process = process;
    }

    /**
     * Starts it; what it says of failures goes where this process says it.
     *
     * @param threads of PyTorch and of its BLAS
     */
    static PeerProcess start(String python, String script, int threads, List<String> arguments) {
        var command = new ArrayList<>(List.of(python, FOLDER.resolve(script).toString()));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // A second pool that spins beside PyTorch's makes it many times slower.
        builder.environment().put("OPENBLAS_NUM_THREADS", String.valueOf(threads));
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        try {
            return new PeerProcess(script, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it prints, to the end; waits for that. */
    List<String> lines() {
        try (var reader = process.inputReader()) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until it has done its work.
     *
     * @throws IllegalStateException if it failed
     */
    void await() {
        try {
            if (!process.waitFor(1, TimeUnit.HOURS) || process.exitValue() != 0) {
                throw new IllegalStateException(script + " failed, see above");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * @throws IllegalStateException if it has ended and failed
     */
    void mustNotHaveFailed() {
        if (!process.isAlive() && process.exitValue() != 0) {
            throw new IllegalStateException(script + " failed, see above");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
