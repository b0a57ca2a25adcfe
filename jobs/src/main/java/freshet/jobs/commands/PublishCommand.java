package freshet.jobs.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet publish}: files into topics, one subcommand for each kind of stream. */
@Command(
        name = "publish",
        description = "Sends files into a topic.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "KIND",
        footer = {
            "",
            "Examples:",
            "  freshet publish text book.txt --source book",
            "  freshet publish images photos/ --source camera --shuffle 1",
            "  freshet publish robot log/",
            "  freshet publish images --help"
        },
        subcommands = {
            PublishTextCommand.class,
            PublishImagesCommand.class,
            PublishRobotCommand.class
        })
public final class PublishCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to publish: text, images or robot");
    }
}
