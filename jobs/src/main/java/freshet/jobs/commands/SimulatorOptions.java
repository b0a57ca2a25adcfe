package freshet.jobs.commands;

import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import picocli.CommandLine.Option;

/** Options of every command that has simulated robots. */
final class SimulatorOptions {

    @Option(
            names = "--task",
            paramLabel = "TASK",
            defaultValue = "balance",
            description =
                    "balance, swing-up, reacher or reacher-shaped (rewarded for coming near);"
                            + " default: ${DEFAULT-VALUE}.")
    private String task;

    @Option(
            names = "--pixels",
            paramLabel = "N",
            defaultValue = "32",
            description = "Side of a picture, 24 to 84; default: ${DEFAULT-VALUE}.")
    private int pixels;

    @Option(
            names = "--distraction",
            paramLabel = "LEVEL",
            defaultValue = "none",
            description =
                    "none, easy, medium or hard: background, colour and camera at scale 0, 0.1, 0.2"
                            + " or 0.3; default: ${DEFAULT-VALUE}.")
    private String distraction;

    @Option(
            names = "--background",
            paramLabel = "SCALE",
            description = "0 to 1, instead of --distraction's.")
    private Double background;

    @Option(
            names = "--colour",
            paramLabel = "SCALE",
            description = "0 to 1, instead of --distraction's.")
    private Double colour;

    @Option(
            names = "--camera",
            paramLabel = "SCALE",
            description = "0 to 0.4, instead of --distraction's.")
    private Double camera;

    @Option(
            names = "--test-textures",
            description = "Backgrounds that are kept for tests; default: those to learn on.")
    private boolean testTextures;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of everything random; default: ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * @param first number of the first robot
     * @throws IllegalArgumentException that names a bad value
     */
    RobotFleet fleet(int first, int count) {
        Distractions chosen = Distractions.named(distraction);
        chosen = background == null ? chosen : chosen.withBackground(background);
        chosen = colour == null ? chosen : chosen.withColour(colour);
        chosen = camera == null ? chosen : chosen.withCamera(camera);
        chosen = testTextures ? chosen.onTestTextures() : chosen;
        return new RobotFleet(Task.Name.of(task), first, count, pixels, chosen, seed);
    }

    String taskName() {
        return task;
    }

    long seed() {
        return seed;
    }
}
