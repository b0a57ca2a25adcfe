package freshet.jobs.commands;

import freshet.jobs.Settings;
import freshet.jobs.StopSignal;
import freshet.jobs.Terminal;
import freshet.jobs.demo.Demo;
import freshet.jobs.demo.sabotage.Sabotage;
import freshet.pipelines.FreshetOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet demo}: the whole path on real text, in this process. */
@Command(
        name = "demo",
        description =
                "Streams books through Kafka and Flink in this process, learns from them while it"
                        + " predicts them, and shows how well.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Ctrl-C stops it and keeps everything; --resume goes on where it stopped, also after",
            "the process was killed.",
            "",
            "Examples:",
            "  freshet demo",
            "  freshet demo --minutes 5 --folder /tmp/demo",
            "  freshet demo --resume",
            "  freshet demo --full -D learning.publish-every-updates=16",
            "  freshet demo --sabotage rate",
            "  freshet demo images",
            "  freshet demo robot"
        },
        subcommands = {DemoImagesCommand.class, DemoRobotCommand.class})
public final class DemoCommand implements Runnable {

    private static final double MAX_MINUTES = 24 * 60;

    @Spec private CommandSpec spec;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet/demo",
            description =
                    "Where topics, checkpoints and plots go; a former demo in it is deleted;"
                            + " default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long to stream, above 0 and up to 1440; default: 2.")
    private Double minutes;

    @Option(names = "--full", description = "Stream the whole corpus, 3.6 MB.")
    private boolean full;

    @Option(names = "--resume", description = "Go on with the demo in the folder.")
    private boolean resume;

    @Option(
            names = "--sabotage",
            paramLabel = "MODE",
            description = {
                "Break the run once it has learned a while, and see alarms, remedies and recovery:"
                        + " rate, rate-growth, temperature, poison, frozen or garbage."
            })
    private String sabotage;

    @Option(names = "--no-page", description = "Serve no live page.")
    private boolean noPage;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Sets one option of the pipeline.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public void run() {
        if (minutes != null && !(minutes > 0 && minutes <= MAX_MINUTES)) {
            throw misuse("--minutes is %s, must be above 0 and up to 1440".formatted(minutes));
        }
        if (minutes != null && full) {
            throw misuse("--minutes and --full exclude each other");
        }
        if (sabotage != null && (full || resume)) {
            throw misuse("--sabotage begins anew and ends by itself: no --full, no --resume");
        }
        Configuration settings =
                new Settings(FreshetOptions.all()).read(Optional.empty(), overrides);
        boolean verbose = spec.root().findOption("--verbose").getValue();
        var choice = new Demo.Choice(folder, minutes, full, resume, sabotage(), !noPage, verbose);
        var demo =
                new Demo(
                        choice,
                        settings,
                        StopSignal.install(),
                        spec.commandLine().getOut(),
                        Terminal.isInteractive(),
                        Terminal::columns);
        try {
            demo.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Sabotage sabotage() {
        try {
            return sabotage == null ? null : Sabotage.of(sabotage);
        } catch (IllegalArgumentException e) {
            throw misuse("--sabotage: " + e.getMessage());
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
