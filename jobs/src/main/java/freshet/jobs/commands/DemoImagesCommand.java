package freshet.jobs.commands;

import freshet.jobs.Settings;
import freshet.jobs.StopSignal;
import freshet.jobs.Terminal;
import freshet.jobs.demo.images.ImageDemo;
import freshet.pipelines.FreshetOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet demo images}: five models on pictures that drift, in this process. */
@Command(
        name = "images",
        description =
                "Streams pictures of clothes that slowly turn through Kafka and Flink in this"
                        + " process; labels stop at the start, and five models follow or do not.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet demo images",
            "  freshet demo images --turning 40000 --degrees 90",
            "  freshet demo images --sabotage",
            "  freshet demo images -D adaptation.prior-adjustment=1"
        })
public final class DemoImagesCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet/demo-images",
            description =
                    "Where topics, checkpoints and pictures go; a former demo in it is deleted;"
                            + " default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--upright",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Pictures with labels at the start, from 128; default: ${DEFAULT-VALUE}.")
    private int upright;

    @Option(
            names = "--turning",
            paramLabel = "N",
            defaultValue = "30000",
            description = "Pictures that turn, from 1000; default: ${DEFAULT-VALUE}.")
    private int turning;

    @Option(
            names = "--degrees",
            paramLabel = "A",
            defaultValue = "60",
            description = "How far they turn, from 5 to 180; default: ${DEFAULT-VALUE}.")
    private double degrees;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of pictures and models; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--sabotage",
            description =
                    "Break the model that follows by GIFT once it has followed a while, so that its"
                            + " own labels collapse, and see alarms, remedies and recovery.")
    private boolean sabotage;

    @Option(names = "--no-page", description = "Serve no live page.")
    private boolean noPage;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Sets one option of the pipelines.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public void run() {
        if (upright < 128 || turning < 1000 || !(degrees >= 5 && degrees <= 180)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--upright must be at least 128, --turning 1000, --degrees from 5 to 180");
        }
        boolean verbose = spec.root().findOption("--verbose").getValue();
        var demo =
                new ImageDemo(
                        new ImageDemo.Choice(
                                folder, upright, turning, degrees, seed, sabotage, !noPage,
                                verbose),
                        new Settings(FreshetOptions.all()).read(Optional.empty(), overrides),
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
}
