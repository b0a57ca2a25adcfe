package freshet.benchmarks.robots;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.learners.tensor.CounterRandom;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.SeeingController;
import freshet.simulators.SimulatedRobot;
import freshet.simulators.Task;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many robots one core moves and draws, and what they earn without a model. */
@Command(
        name = "robot-simulators",
        mixinStandardHelpOptions = true,
        description =
                "Robots that one thread steps and draws at 20 Hz (by its CPU time, so that what"
                        + " else runs hardly matters), and returns of random actions, of none, and of a controller that sees the"
                        + " true state: a lower bound of what is possible.")
public final class RobotSimulatorsBenchmark implements Callable<Integer> {

    private static final double HERTZ = 20;
    private static final int WARM_UP = 60;

    @Option(names = "--robots", description = "Robots at once; default ${DEFAULT-VALUE}.")
    private int robots = 200;

    @Option(
            names = "--sides",
            split = ",",
            description = "Pixels to each side; default ${DEFAULT-VALUE}.")
    private List<Integer> sides = List.of(32, 84);

    @Option(
            names = "--distractions",
            split = ",",
            description = "Difficulties; default ${DEFAULT-VALUE}.")
    private List<String> distractions = List.of("none", "easy", "hard");

    @Option(names = "--ticks", description = "Steps of all robots; default ${DEFAULT-VALUE}.")
    private int ticks = 100;

    @Option(
            names = "--episodes",
            description = "For each mean return, one a robot; default ${DEFAULT-VALUE}.")
    private int episodes = 500;

    @Override
    public Integer call() {
        System.out.println(Machine.line());
        Table table =
                Table.start(
                        "speed",
                        "task | pixels | distraction | us a step and picture | robots x 20 Hz");
        for (Task.Name task : List.of(Task.Name.SWING_UP, Task.Name.REACHER)) {
            for (int side : sides) {
                for (String distraction : distractions) {
                    double seconds = secondsAStep(task, side, distraction);
                    table.row(
                            "| %s | %d | %s | %.1f | %,d |",
                            task, side, distraction, 1e6 * seconds, (int) (1 / HERTZ / seconds));
                }
            }
        }
        System.out.println();
        Table returns = Table.start("returns", "task | random | zero | sees the state");
        for (Task.Name task : Task.Name.values()) {
            returns.row(
                    "| %s | %.1f | %.1f | %.1f |",
                    task, meanReturn(task, 1), meanReturn(task, 0), bestReturn(task));
        }
        return 0;
    }

    private double secondsAStep(Task.Name task, int side, String distraction) {
        var fleet = new RobotFleet(task, robots, side, Distractions.named(distraction), 1);
        float[] actions = new float[robots * fleet.task().actuators()];
        float[] rewards = new float[robots];
        byte[] frames = new byte[robots * fleet.frameBytes()];
        var random = new CounterRandom(1, 1, 0);
        long started = 0;
        for (int tick = -WARM_UP; tick < ticks; tick++) {
            if (tick == 0) {
                started = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            }
            fill(actions, random, 1);
            fleet.act(actions, rewards);
            fleet.see(frames);
        }
        long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - started;
        return 1e-9 * used / ((double) ticks * robots);
    }

    private double meanReturn(Task.Name task, double reach) {
        var fleet = new RobotFleet(task, episodes, RobotFleet.MIN_SIDE, Distractions.NONE, 1000);
        float[] actions = new float[episodes * fleet.task().actuators()];
        float[] rewards = new float[episodes];
        var random = new CounterRandom(2, 1, 0);
        double sum = 0;
        for (int step = 0; step < SimulatedRobot.EPISODE_STEPS; step++) {
            fill(actions, random, reach);
            fleet.act(actions, rewards);
            for (float reward : rewards) {
                sum += reward;
            }
        }
        return sum / episodes;
    }

    private double bestReturn(Task.Name task) {
        var fleet = new RobotFleet(task, episodes, RobotFleet.MIN_SIDE, Distractions.NONE, 1000);
        var controller = new SeeingController(task);
        double sum = 0;
        for (int place = 0; place < episodes; place++) {
            SimulatedRobot robot = fleet.robot(place);
            while (!robot.atEnd()) {
                sum += robot.act(controller.act(robot.trueState()), 0);
            }
        }
        return sum / episodes;
    }

    private static void fill(float[] actions, CounterRandom random, double reach) {
        for (int i = 0; i < actions.length; i++) {
            actions[i] = (float) (reach * (2 * random.nextDouble() - 1));
        }
    }
}
