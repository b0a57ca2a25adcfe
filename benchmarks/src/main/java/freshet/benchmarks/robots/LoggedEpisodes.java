package freshet.benchmarks.robots;

import freshet.client.ObservationRecords;
import freshet.client.RobotClient;
import freshet.learners.tensor.CounterRandom;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.SimulatedRobot;
import freshet.simulators.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * Observations of cart-poles that act at random, made as they are asked for and kept: robots in
 * turn, step by step, episode after episode.
 */
public final class LoggedEpisodes {

    private static final String NAME = "robot-";
    private static final int NO_DEADLINE = 0;

    /** Observations of an episode, the terminal one among them. */
    private static final int OBSERVATIONS = SimulatedRobot.EPISODE_STEPS + 1;

    private final RobotFleet fleet;
    private final CounterRandom random;
    private final List<ObservationRecords> records = new ArrayList<>();
    private final List<RobotObservation> made = new ArrayList<>();

    /**
     * @param pixels side of a picture
     */
    public LoggedEpisodes(int robots, int pixels, long seed) {
        fleet = new RobotFleet(Task.Name.BALANCE, robots, pixels, Distractions.NONE, seed);
        random = new CounterRandom(seed, 0, 0);
        for (int place = 0; place < robots; place++) {
            records.add(new ObservationRecords(NAME + place, NO_DEADLINE, true, true));
        }
    }

    /** Observation {@code number}, made at a time. */
    public RobotObservation get(int number, long eventTimeMillis) {
        while (made.size() <= number) {
            made.add(next(made.size() % fleet.count()));
        }
        RobotObservation observation = made.get(number);
        observation.setEventTime(eventTimeMillis);
        return observation;
    }

    private RobotObservation next(int place) {
        SimulatedRobot robot = fleet.robot(place);
        byte[] picture = new byte[fleet.frameBytes()];
        fleet.see(place, picture, 0);
        var sight =
                new RobotClient.Sight(
                        picture, fleet.side(), fleet.side(), new float[0], robot.atEnd());
        RobotObservation observation =
                records.get(place).record(robot.episode(), robot.step(), 0, sight);
        if (robot.atEnd()) {
            robot.startEpisode();
        } else {
            long step = robot.step();
            float action = (float) (2 * random.nextDouble() - 1);
            float reward = robot.act(new float[] {action}, 0);
            records.get(place).became(new StepOutcome(step, reward, List.of(action), false));
        }
        return observation;
    }

    /** Which observation is that of a step. */
    public int number(String robot, long episode, long sequence) {
        int place = Integer.parseInt(robot.substring(NAME.length()));
        return Math.toIntExact((episode * OBSERVATIONS + sequence) * fleet.count() + place);
    }

    /** How many of the first so many observations are not the last of their episode. */
    public int answers(int observations) {
        int answers = 0;
        for (int number = 0; number < observations; number++) {
            int step = number / fleet.count() % OBSERVATIONS;
            answers += step < OBSERVATIONS - 1 ? 1 : 0;
        }
        return answers;
    }
}
