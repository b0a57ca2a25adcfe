package freshet.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table of results: printed as Markdown row by row, as they are measured, and kept for {@link
 * Results}. What cells hold is what is printed, so that nothing is known only to a file.
 */
public final class Table {

    private final String name;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(String name, List<String> columns) {
        this.name = name;
        this.columns = columns;
    }

    /**
     * Prints the head of a table.
     *
     * @param name tells tables of one command apart; not printed
     * @param columns with a bar between each and the next
     */
    public static Table start(String name, String columns) {
        var table = new Table(name, within(cells(columns)));
        Results.add(table);
        System.out.println(line(table.columns));
        System.out.println("|" + "---|".repeat(table.columns.size()));
        return table;
    }

    /**
     * Prints a row.
     *
     * @param format of the cells, with a bar between each and the next, as {@link String#format}
     *     takes it
     * @throws IllegalArgumentException if there are not as many cells as columns
     */
    public void row(String format, Object... values) {
        List<String> row = cells(String.format(Locale.ROOT, format, values));
        row = row.size() == columns.size() + 2 ? within(row) : row;
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "row %s has %d cells, the table %d columns %s"
                            .formatted(row, row.size(), columns.size(), columns));
        }
        rows.add(row);
        System.out.println(line(row));
    }

    /** What stands between bars. */
    private static List<String> cells(String line) {
        var cells = new ArrayList<String>();
        for (String cell : line.split("\\|", -1)) {
            cells.add(cell.strip());
        }
        return List.copyOf(cells);
    }

    /** A bar at both ends leaves an empty cell at each. */
    private static List<String> within(List<String> cells) {
        int last = cells.size() - 1;
        return cells.get(0).isEmpty() && cells.get(last).isEmpty() ? cells.subList(1, last) : cells;
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    public String name() {
        return name;
    }

    public List<String> columns() {
        return columns;
    }

    /** As printed; each as long as {@link #columns}. */
    public List<List<String>> rows() {
        return List.copyOf(rows);
    }
}
