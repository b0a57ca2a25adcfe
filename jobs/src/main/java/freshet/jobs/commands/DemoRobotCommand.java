package freshet.jobs.commands;

import freshet.jobs.Settings;
import freshet.jobs.StopSignal;
import freshet.jobs.Terminal;
import freshet.jobs.demo.robots.RobotDemo;
import freshet.pipelines.FreshetOptions;
import freshet.simulators.Task;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet demo robot}: robots of another process learn through Kafka and Flink in this. */
@Command(
        name = "robot",
        description =
                "Runs simulated robots in a process of their own, which learn to do their task"
                        + " through Kafka and Flink in this one, from what their cameras see.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Leaves curves of return and surprise as pictures, and a film of an early and a late",
            "episode: what came, and what the model had expected. Ctrl-C stops and sums up.",
            "",
            "Examples:",
            "  freshet demo robot",
            "  freshet demo robot --task swing-up --minutes 30",
            "  freshet demo robot --distraction easy --minutes 25 --robots 16 --hz 6"
        })
public final class DemoRobotCommand implements Runnable {

    private static final int MAX_ROBOTS = 1_000;
    private static final double MAX_HERTZ = 1_000;
    private static final double MAX_MINUTES = 24 * 60;

    @Spec private CommandSpec spec;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet/demo-robot",
            description =
                    "Where topics, checkpoints and pictures go; a former demo in it is deleted;"
                            + " default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--task",
            paramLabel = "TASK",
            defaultValue = "balance",
            description =
                    "balance, swing-up, reacher or reacher-shaped (rewarded for coming near);"
                            + " default: ${DEFAULT-VALUE}.")
    private String task;

    @Option(
            names = "--distraction",
            paramLabel = "LEVEL",
            defaultValue = "none",
            description =
                    "none, easy, medium or hard: background, colour and camera move; default:"
                            + " ${DEFAULT-VALUE}.")
    private String distraction;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "7",
            description = "How long robots run, above 0 and up to 1440; default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Stop after N actions of each robot, if that is earlier.")
    private Long steps;

    @Option(
            names = "--robots",
            paramLabel = "N",
            defaultValue = "8",
            description = "Robots, 1 to 1000; default: ${DEFAULT-VALUE}.")
    private int robots;

    @Option(
            names = "--hz",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Steps a second of each robot, up to 1000; 0: as fast as actions come; default:"
                            + " ${DEFAULT-VALUE}.")
    private double hertz;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of robots and model; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--no-page", description = "Serve no live page.")
    private boolean noPage;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Sets one option of the pipeline.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public void run() {
        check("--minutes", minutes > 0 && minutes <= MAX_MINUTES, "above 0 and up to 1440");
        check("--robots", robots >= 1 && robots <= MAX_ROBOTS, "from 1 to 1000");
        check("--hz", hertz >= 0 && hertz <= MAX_HERTZ, "from 0 to 1000");
        check("--steps", steps == null || steps >= 1, "at least 1");
        boolean verbose = spec.root().findOption("--verbose").getValue();
        var demo =
                new RobotDemo(
                        new RobotDemo.Choice(
                                folder,
                                Task.Name.of(task),
                                distraction,
                                minutes,
                                steps,
                                robots,
                                hertz,
                                seed,
                                !noPage,
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

    private void check(String option, boolean fits, String range) {
        if (!fits) {
            throw new ParameterException(
                    spec.commandLine(), "%s must be %s".formatted(option, range));
        }
    }
}
