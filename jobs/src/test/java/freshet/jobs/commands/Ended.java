package freshet.jobs.commands;

import freshet.jobs.Freshet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** How a freshet command, run in this process, ended and what it said. */
record Ended(int code, String out, String err) {

    static Ended of(List<String> args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code =
                Freshet.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(args.toArray(new String[0]));
        return new Ended(code, out.toString(), err.toString());
    }
}
