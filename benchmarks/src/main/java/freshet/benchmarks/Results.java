package freshet.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The tables that this process has printed, as JSON: {@code benchmarks/run --json FILE ...} writes
 * them when the command has ended.
 *
 * <p>{@code format} 1; {@code date} (UTC, when it ended); {@code machine}: processor, cores, java;
 * {@code commit}, with {@code -dirty} behind it where the tree had changes; {@code runs}, each with
 * its {@code command} (its words), {@code exit} (0 if all went well), {@code seconds}, and {@code
 * tables}: {@code name}, {@code columns}, and {@code rows} of as many cells. A cell is what is
 * printed: a number where it is nothing but a number, else text with its unit or spread.
 */
public final class Results {

    private static final int FORMAT = 1;
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d{1,3}(,?\\d{3})*(\\.\\d+)?");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Table> PRINTED = new ArrayList<>();

    private Results() {}

    static synchronized void add(Table table) {
        PRINTED.add(table);
    }

    /** The tables printed so far. */
    static synchronized List<Table> printed() {
        return List.copyOf(PRINTED);
    }

    /** One run of a command. */
    static ObjectNode run(List<String> command, int exit, double seconds, List<Table> tables) {
        ObjectNode run = JSON.createObjectNode();
        ArrayNode words = run.putArray("command");
        command.forEach(word -> words.add(word));
        run.put("exit", exit);
        run.put("seconds", Math.round(10 * seconds) / 10.0);
        ArrayNode all = run.putArray("tables");
        for (Table table : tables) {
            ObjectNode one = all.addObject().put("name", table.name());
            ArrayNode columns = one.putArray("columns");
            table.columns().forEach(column -> columns.add(column));
            ArrayNode rows = one.putArray("rows");
            for (List<String> row : table.rows()) {
                ArrayNode cells = rows.addArray();
                row.forEach(cell -> put(cells, cell));
            }
        }
        return run;
    }

    private static void put(ArrayNode cells, String cell) {
        if (NUMBER.matcher(cell).matches()) {
            cells.add(new BigDecimal(cell.replace(",", "")));
        } else {
            cells.add(cell);
        }
    }

    /** UTC, to the second. */
    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Runs, with where and when they were measured. */
    static ObjectNode report(List<ObjectNode> runs) {
        ObjectNode report = JSON.createObjectNode().put("format", FORMAT);
        report.put("date", now());
        report.putObject("machine")
                .put("processor", Machine.processor())
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("java", Runtime.version().feature());
        report.put("commit", Machine.commit());
        report.putArray("runs").addAll(runs);
        return report;
    }

    static void write(Path file, ObjectNode report) {
        try {
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The runs in a file that {@link #write} made. */
    static List<ObjectNode> runs(Path file) {
        try {
            var runs = new ArrayList<ObjectNode>();
            JSON.readTree(file.toFile()).get("runs").forEach(run -> runs.add((ObjectNode) run));
            return runs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
