package freshet.jobs;

import freshet.jobs.commands.ClusterCommand;
import freshet.jobs.commands.DemoCommand;
import freshet.jobs.commands.FilmCommand;
import freshet.jobs.commands.GraphCommand;
import freshet.jobs.commands.KafkaCommand;
import freshet.jobs.commands.ModelsCommand;
import freshet.jobs.commands.OrderCommand;
import freshet.jobs.commands.PageCommand;
import freshet.jobs.commands.PublishCommand;
import freshet.jobs.commands.RobotsCommand;
import freshet.jobs.commands.RunCommand;
import freshet.jobs.commands.TailCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code freshet} command; every subcommand is a class of its own. What goes wrong is said in
 * one line: exit code 2 for a wrong call, 1 for everything else.
 */
@Command(
        name = "freshet",
        description = "Models that keep learning from a stream while they serve.",
        mixinStandardHelpOptions = true,
        version = "Freshet 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            GraphCommand.class,
            PublishCommand.class,
            TailCommand.class,
            ModelsCommand.class,
            KafkaCommand.class,
            ClusterCommand.class,
            RobotsCommand.class,
            OrderCommand.class,
            PageCommand.class,
            FilmCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  freshet demo",
            "  freshet publish text book.txt --source book",
            "  freshet tail predictions --limit 10",
            "  freshet COMMAND --help"
        })
public final class Freshet implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show logs and stack traces on standard error.")
    private boolean verbose;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The whole command with its error handling; for {@link #main} and for tests. */
    public static CommandLine commandLine() {
        Freshet freshet = new Freshet();
        CommandLine commandLine = new CommandLine(freshet);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionStrategy(
                parsed -> {
                    freshet.chooseLogs();
                    return new CommandLine.RunLast().execute(parsed);
                });
        commandLine.setExecutionExceptionHandler(freshet::failed);
        commandLine.setParameterExceptionHandler(Freshet::misused);
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private void chooseLogs() {
        if (verbose) {
            Logs.toStandardError();
        } else {
            Logs.silent();
        }
    }

    private int failed(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof CommandFailure || failure instanceof IllegalArgumentException) {
            err.println("freshet: " + failure.getMessage());
        } else {
            err.printf("freshet: unexpected %s (--verbose shows where)%n", firstLine(failure));
        }
        if (verbose) {
            failure.printStackTrace(err);
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int misused(ParameterException misuse, String[] args) {
        PrintWriter err = misuse.getCommandLine().getErr();
        String command = misuse.getCommandLine().getCommandSpec().qualifiedName();
        err.printf("freshet: %s; see %s --help%n", firstLine(misuse.getMessage()), command);
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static String firstLine(Object text) {
        return String.valueOf(text).lines().findFirst().orElse("");
    }
}
