package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RobotFleetTest {

    @ParameterizedTest
    @EnumSource(Task.Name.class)
    void aRobotDoesAndSeesTheSameInAnyFleet(Task.Name task) {
        RobotFleet many = new RobotFleet(task, 5, 24, Distractions.HARD, 9);
        RobotFleet one = new RobotFleet(task, 3, 1, 24, Distractions.HARD, 9);
        int actuators = many.task().actuators();
        CounterRandom random = new CounterRandom(1, 1, 0);
        for (int step = 0; step < 140; step++) {
            float[] actions = random(random, 5 * actuators);
            float[] rewards = new float[5];
            many.act(actions, rewards);
            float[] reward = new float[1];
            one.act(Arrays.copyOfRange(actions, 3 * actuators, 4 * actuators), reward);
            assertThat(reward[0]).isEqualTo(rewards[3]).isBetween(0f, 1f);
        }
        byte[] frames = new byte[5 * many.frameBytes()];
        many.see(frames);
        byte[] frame = new byte[one.frameBytes()];
        one.see(frame);
        assertThat(Arrays.copyOfRange(frames, 3 * frame.length, 4 * frame.length)).isEqualTo(frame);
        assertThat(many.robot(3).episode()).isEqualTo(1);
        assertThat(many.robot(3).step()).isEqualTo(15);
    }

    /** Physics, rewards, cameras, colours and textures: pinned, for every machine. */
    @ParameterizedTest
    @CsvSource({
        "BALANCE, 934566614",
        "SWING_UP, 3779364167",
        "REACHER, 3637965263",
        "REACHER_SHAPED, 3627925149"
    })
    void theSameSeedGivesTheSameBitsEverywhere(Task.Name task, long expected) {
        RobotFleet fleet = new RobotFleet(task, 3, 32, Distractions.MEDIUM, 42);
        CounterRandom random = new CounterRandom(2, 1, 0);
        float[] rewards = new float[3];
        byte[] frames = new byte[3 * fleet.frameBytes()];
        CRC32 checksum = new CRC32();
        for (int step = 0; step < 130; step++) {
            fleet.act(random(random, 3 * fleet.task().actuators()), rewards);
            fleet.see(frames);
            checksum.update(frames);
            for (float reward : rewards) {
                checksum.update(Float.floatToIntBits(reward));
            }
        }
        assertThat(checksum.getValue()).isEqualTo(expected);
    }

    @Test
    void anotherSeedRobotOrEpisodeStartsElsewhere() {
        RobotFleet fleet = new RobotFleet(Task.Name.BALANCE, 2, 24, Distractions.NONE, 1);
        RobotFleet other = new RobotFleet(Task.Name.BALANCE, 2, 24, Distractions.NONE, 2);
        float[] first = fleet.robot(0).trueState();
        assertThat(fleet.robot(1).trueState()).isNotEqualTo(first);
        assertThat(other.robot(0).trueState()).isNotEqualTo(first);
        fleet.robot(0).startEpisode();
        assertThat(fleet.robot(0).trueState()).isNotEqualTo(first);
    }

    @Test
    void anEpisodeEndsAfter125ActionsAndItsReturnIsAtMost125() {
        RobotFleet fleet = new RobotFleet(Task.Name.BALANCE, 1, 24, Distractions.NONE, 1);
        SimulatedRobot robot = fleet.robot(0);
        double sum = 0;
        int steps = 0;
        while (!robot.atEnd()) {
            sum += robot.act(new float[] {0}, 0);
            steps++;
        }
        assertThat(steps).isEqualTo(125);
        assertThat(sum).isBetween(0.0, 125.0);
        assertThatThrownBy(() -> robot.act(new float[] {0}, 0)).hasMessageContaining("ended");
    }

    @Test
    void rewardIsTheMeanOverTheActionRepeat() {
        RobotFleet fleet = new RobotFleet(Task.Name.BALANCE, 1, 24, Distractions.NONE, 1);
        float[] seen = fleet.robot(0).trueState(); // cart, cos, sin, velocities
        double[] state = {seen[0], StrictMath.atan2(seen[2], seen[1]), seen[3], seen[4]};
        CartPole body = new CartPole();
        double sum = 0;
        for (int step = 0; step < 8; step++) {
            body.step(state, 5);
            sum += CartPoleTask.reward(state, 0.5);
        }
        // The true state has the precision of a float.
        assertThat((double) fleet.robot(0).act(new float[] {0.5f}, 0))
                .isCloseTo(sum / 8, within(1e-6));
    }

    @Test
    void actionsBeyondTheRangeAreClippedAndOthersThanNumbersRefused() {
        RobotFleet fleet = new RobotFleet(Task.Name.BALANCE, 2, 24, Distractions.NONE, 1);
        RobotFleet same = new RobotFleet(Task.Name.BALANCE, 2, 24, Distractions.NONE, 1);
        fleet.robot(0).act(new float[] {3}, 0);
        same.robot(0).act(new float[] {1}, 0);
        assertThat(fleet.robot(0).trueState()).isEqualTo(same.robot(0).trueState());
        float[] before = fleet.robot(1).trueState();
        assertThatThrownBy(() -> fleet.robot(1).act(new float[] {Float.NaN}, 0))
                .hasMessageContaining("robot 1");
        assertThat(fleet.robot(1).trueState()).isEqualTo(before);
        assertThat(fleet.robot(1).step()).isZero();
    }

    @Test
    void proprioceptionIsWhatMotorsFeel() {
        RobotFleet fleet = new RobotFleet(Task.Name.REACHER, 1, 24, Distractions.NONE, 1);
        SimulatedRobot robot = fleet.robot(0);
        for (int step = 0; step < 100; step++) {
            robot.act(new float[] {1, 0}, 0);
        }
        float[] felt = robot.proprioception();
        float[] state = robot.trueState();
        // turned by several rounds, told within one
        assertThat(felt[0]).isBetween((float) -Math.PI, (float) Math.PI);
        assertThat((float) Math.cos(felt[0])).isCloseTo(state[0], within(1e-5f));
        assertThat((float) Math.sin(felt[0])).isCloseTo(state[1], within(1e-5f));
        assertThat(felt[2]).isEqualTo(state[4]);
        assertThat(fleet.task().trueStateNames()).hasSize(state.length);
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new RobotFleet(Task.Name.BALANCE, 1, 23, Distractions.NONE, 1))
                .hasMessageContaining("23");
        assertThatThrownBy(() -> new RobotFleet(Task.Name.BALANCE, 0, 32, Distractions.NONE, 1))
                .hasMessageContaining("0 robots");
        assertThatThrownBy(() -> Task.Name.of("juggle"))
                .hasMessageContaining("balance, swing-up, reacher, reacher-shaped");
    }

    private static float[] random(CounterRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return values;
    }
}
