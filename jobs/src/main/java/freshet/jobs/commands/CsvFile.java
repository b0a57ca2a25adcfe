package freshet.jobs.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A CSV file: UTF-8, commas, quotes doubled within quotes (RFC 4180). Empty lines count as lines
 * but are no rows.
 */
final class CsvFile {

    private static final CsvFactory CSV =
            CsvFactory.builder().enable(CsvParser.Feature.SKIP_EMPTY_LINES).build();

    /**
     * One row.
     *
     * @param line on which it starts, from 1
     */
    record Row(int line, List<String> cells) {}

    private CsvFile() {}

    /**
     * @throws CommandFailure if it is missing, not UTF-8 or not CSV, naming file and line
     */
    static List<Row> read(Path file) {
        List<Row> rows = new ArrayList<>();
        try (CsvParser parser = CSV.createParser(TextFiles.read(file))) {
            int line = 0;
            List<String> cells = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_ARRAY -> cells = new ArrayList<>();
                    case VALUE_STRING -> {
                        line = cells.isEmpty() ? parser.currentTokenLocation().getLineNr() : line;
                        cells.add(parser.getText());
                    }
                    case END_ARRAY -> rows.add(new Row(line, cells));
                    default -> throw new IllegalStateException("CSV token " + token);
                }
            }
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    "%s line %d: %s"
                            .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
        return rows;
    }
}
