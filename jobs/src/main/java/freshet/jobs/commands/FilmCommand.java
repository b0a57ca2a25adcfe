package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.learners.tensor.CounterRandom;
import freshet.simulators.FilmStrip;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet film}: what simulated robots see, as one picture. */
@Command(
        name = "film",
        description =
                "Draws what simulated robots see while they act at random: a robot a row, time to"
                        + " the right.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet film --task balance --distraction easy --to film.png",
            "  freshet film --task reacher --pixels 84 --background 0.3 --every 5"
        })
public final class FilmCommand implements Runnable {

    private static final int MAX_PICTURES = 64;

    /** Side of an enlarged picture, pixels, at most. */
    private static final int ENLARGED = 128;

    @Spec private CommandSpec spec;
    @Mixin private SimulatorOptions simulator;

    @Option(
            names = "--to",
            paramLabel = "FILE",
            defaultValue = "film.png",
            description = "PNG to write; default: ${DEFAULT-VALUE}.")
    private Path file;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "4",
            description = "Robots, 1 to 64; default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = "--columns",
            paramLabel = "N",
            defaultValue = "16",
            description = "Pictures of each, 1 to 64; default: ${DEFAULT-VALUE}.")
    private int columns;

    @Option(
            names = "--every",
            paramLabel = "N",
            defaultValue = "1",
            description = "Actions between two pictures, 1 to 125; default: ${DEFAULT-VALUE}.")
    private int every;

    @Override
    public void run() {
        check("--rows", rows, MAX_PICTURES);
        check("--columns", columns, MAX_PICTURES);
        check("--every", every, 125);
        RobotFleet fleet = simulator.fleet(0, rows);
        var strip = new FilmStrip(rows, columns, fleet.side(), ENLARGED / fleet.side());
        var random = new CounterRandom(simulator.seed(), -1, 0);
        float[] actions = new float[rows * fleet.task().actuators()];
        float[] rewards = new float[rows];
        byte[] frame = new byte[fleet.frameBytes()];
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                fleet.see(row, frame, 0);
                strip.put(row, column, frame);
            }
            for (int step = 0; step < every; step++) {
                for (int i = 0; i < actions.length; i++) {
                    actions[i] = (float) (2 * random.nextDouble() - 1);
                }
                fleet.act(actions, rewards);
            }
        }
        try {
            strip.write(file);
        } catch (IOException e) {
            throw new CommandFailure("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %d robots, %s, a picture every %d actions%n",
                        file, rows, Task.Name.of(simulator.taskName()), every);
    }

    private void check(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s is %d, must be from 1 to %d".formatted(option, value, most));
        }
    }
}
