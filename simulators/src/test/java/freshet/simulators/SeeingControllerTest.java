package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each task can be done, at its action repeat and within an episode: a controller that sees the
 * state comes near the 125 that are possible. The pole's swing-up takes about 15 of them.
 */
class SeeingControllerTest {

    private static final int ROBOTS = 20;

    @ParameterizedTest
    @CsvSource({"BALANCE, 124", "SWING_UP, 105", "REACHER, 110", "REACHER_SHAPED, 110"})
    void earnsNearlyAllThereIs(Task.Name task, double least) {
        RobotFleet fleet = new RobotFleet(task, ROBOTS, 24, Distractions.NONE, 77);
        SeeingController controller = new SeeingController(task);
        for (int place = 0; place < ROBOTS; place++) {
            SimulatedRobot robot = fleet.robot(place);
            double sum = 0;
            while (!robot.atEnd()) {
                sum += robot.act(controller.act(robot.trueState()), 0);
            }
            assertThat(sum).as("robot %d", place).isBetween(least, 125.0);
        }
    }
}
