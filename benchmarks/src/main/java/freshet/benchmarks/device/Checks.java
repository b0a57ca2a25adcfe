package freshet.benchmarks.device;

import freshet.benchmarks.Table;
import java.util.ArrayList;
import java.util.List;

/** What was checked and how it went. */
final class Checks {

    private final List<String> failed = new ArrayList<>();
    private Table table;

    /** Prints the head of the table. */
    void start() {
        table = Table.start("checks", "check | result | figures");
    }

    /** Prints one. */
    void row(String check, boolean holds, String figures) {
        table.row("%s | %s | %s", check, holds ? "holds" : "FAILS", figures);
        note(check, holds, figures);
    }

    /** Notes one whose figures another table prints. */
    void note(String check, boolean holds, String figures) {
        if (!holds) {
            failed.add(check + ": " + figures);
        }
    }

    /** Says how it went; the exit status. */
    int finish() {
        if (failed.isEmpty()) {
            System.out.println("all checks hold");
            return 0;
        }
        System.out.println("FAILED: " + failed);
        return 1;
    }
}
