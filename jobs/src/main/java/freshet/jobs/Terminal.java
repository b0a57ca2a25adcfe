package freshet.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The terminal that a command talks to, if there is one. */
public final class Terminal {

    private static final int STANDARD_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 20;

    private Terminal() {}

    /** Whether lines can be drawn anew: input and output are a person's, not a pipe or a file. */
    public static boolean isInteractive() {
        return System.console() != null;
    }

    /** Characters in a row now, from {@value #LEAST_COLUMNS}; 80 where there is no terminal. */
    public static int columns() {
        if (!isInteractive()) {
            return STANDARD_COLUMNS;
        }
        try {
            Process stty = new ProcessBuilder("sh", "-c", "stty size </dev/tty").start();
            String rowsAndColumns =
                    new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            stty.waitFor(1, TimeUnit.SECONDS);
            int columns = Integer.parseInt(rowsAndColumns.strip().split(" ", 2)[1]);
            return columns == 0 ? STANDARD_COLUMNS : Math.max(LEAST_COLUMNS, columns);
        } catch (IOException | RuntimeException e) {
            return STANDARD_COLUMNS; // no stty, or no answer that is a size
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return STANDARD_COLUMNS;
        }
    }
}
