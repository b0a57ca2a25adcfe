package freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    @Test
    void aTableKeepsWhatItPrints() {
        Table table = Table.start("speed", "| round | texts/s |");
        table.row("%s | %,d", "warm-up", 1234);
        table.row("| 1 | %+.1f %% |", 2.5);
        assertThat(table.columns()).containsExactly("round", "texts/s");
        assertThat(table.rows())
                .containsExactly(List.of("warm-up", "1,234"), List.of("1", "+2.5 %"));
        assertThat(Results.printed()).contains(table);
    }

    @Test
    void aRowThatDoesNotFitIsRefusedAndAnEmptyCellIsOne() {
        Table table = Table.start("speed", "a | b | c");
        table.row("1 | | 3");
        table.row("%s | %s | %s", "", 2, "");
        assertThat(table.rows()).containsExactly(List.of("1", "", "3"), List.of("", "2", ""));
        assertThatThrownBy(() -> table.row("1 | 2"))
                .hasMessageContaining("2 cells")
                .hasMessageContaining("3 columns");
    }

    @Test
    void aFileHasMachineCommitAndCellsAsNumbersWhereTheyAreNothingElse(@TempDir Path folder) {
        Table table = Table.start("speed", "what | figure");
        for (String cell : List.of("3,091", "-1.50", "+2.5 %", "57.1 ± 4.5", "0.000123")) {
            table.row("x | %s", cell);
        }
        Path file = folder.resolve("results.json");
        ObjectNode run =
                Results.run(List.of("image-speed", "--rounds", "1"), 0, 1.26, List.of(table));
        Results.write(file, Results.report(List.of(run)));

        ObjectNode read = Results.runs(file).get(0);
        assertThat(read.get("command")).hasToString("[\"image-speed\",\"--rounds\",\"1\"]");
        assertThat(read.get("seconds").asDouble()).isEqualTo(1.3);
        JsonNode rows = read.get("tables").get(0).get("rows");
        assertThat(rows)
                .hasToString(
                        "[[\"x\",3091],[\"x\",-1.5],[\"x\",\"+2.5 %\"],[\"x\",\"57.1 ± 4.5\"],"
                                + "[\"x\",1.23E-4]]");
        ObjectNode report = Results.report(List.of(run));
        assertThat(report.get("format").asInt()).isEqualTo(1);
        assertThat(report.get("machine").get("cores").asInt()).isPositive();
        assertThat(report.get("commit").asText()).isNotEmpty();
        assertThat(report.get("date").asText()).endsWith("Z");
    }
}
