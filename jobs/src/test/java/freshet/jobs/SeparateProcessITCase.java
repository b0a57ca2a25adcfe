package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeparateProcessITCase {

    private static final long PATIENCE_SECONDS = 60;

    @TempDir Path folder;

    @Test
    void runsACommandAndKeepsWhatItPrints() throws Exception {
        Path output = folder.resolve("below/output");
        try (var process =
                SeparateProcess.start(List.of("-Xmx64m"), List.of("film", "--rows=0"), output)) {
            ProcessHandle.of(process.pid())
                    .ifPresent(
                            handle ->
                                    handle.onExit()
                                            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                                            .join());
            assertThat(process.isAlive()).isFalse();
            assertThat(process.exitValue()).isEqualTo(2);
        }
        assertThat(Files.readString(output)).contains("--rows is 0, must be from 1 to 64");
    }

    /** What happens to the pipe when who started it is gone, however that came. */
    @Test
    void endsWhenItsInputDoes() throws Exception {
        Process kafka =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                SeparateProcess.class.getName(),
                                "kafka",
                                "--port=0",
                                "--folder=" + folder.resolve("kafka"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            var said =
                    new BufferedReader(
                            new InputStreamReader(kafka.getInputStream(), StandardCharsets.UTF_8));
            assertThat(said.readLine()).contains("Kafka answers");
            assertThat(kafka.isAlive()).isTrue();
            kafka.getOutputStream().close();
            assertThat(kafka.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            kafka.destroyForcibly();
        }
    }
}
