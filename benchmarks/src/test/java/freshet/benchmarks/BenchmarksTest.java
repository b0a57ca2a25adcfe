package freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {

    @TempDir private Path folder;

    @Test
    void writesTheTablesOfACommand() {
        Path file = folder.resolve("results.json");
        int exit =
                Benchmarks.run(
                        "--json",
                        file.toString(),
                        "engine-speed",
                        "--warm-up",
                        "1",
                        "--updates",
                        "2");
        assertThat(exit).isZero();
        ObjectNode run = Results.runs(file).get(0);
        assertThat(run.get("command").get(0).asText()).isEqualTo("engine-speed");
        assertThat(run.get("command")).hasSize(5);
        assertThat(run.get("exit").asInt()).isZero();
        assertThat(run.get("tables").findValuesAsText("name")).contains("engine-speed");
    }

    @Test
    void aCommandOfTablesRunsByItselfAndItsTablesAreWritten() {
        Path file = folder.resolve("tables.json");
        int exit =
                Benchmarks.run("tables", "--only", "world-model-speed", "--json", file.toString());
        assertThat(exit).isZero();
        ObjectNode run = Results.runs(file).get(0);
        assertThat(run.get("command").get(0).asText()).isEqualTo("world-model-speed");
        assertThat(run.get("tables").get(0).get("rows")).hasSize(1);
    }

    @Test
    void aCommandThatFailsIsSaidAndTheExitStatusTellsOfIt() {
        Path file = folder.resolve("tables.json");
        int exit =
                Benchmarks.run(
                        "tables",
                        "--only",
                        "world-model-speed",
                        "--limit-seconds",
                        "0",
                        "--json",
                        file.toString());
        assertThat(exit).isEqualTo(1);
        ObjectNode run = Results.runs(file).get(0);
        assertThat(run.get("exit").asInt()).isEqualTo(124);
        assertThat(run.get("tables")).isEmpty();
    }
}
