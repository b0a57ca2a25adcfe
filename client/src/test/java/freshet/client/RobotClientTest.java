package freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.client.RobotClient.Sight;
import freshet.schemas.Action;
import freshet.schemas.ControlCommand;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RobotClientTest {

    private static final int DEADLINE_MILLIS = 40;
    private static final Sight SIGHT = new Sight(new byte[12], 2, 2, new float[] {1.5f}, false);
    private static final Sight LAST = new Sight(new byte[12], 2, 2, new float[] {1.5f}, true);

    private final List<RobotObservation> sent = new ArrayList<>();
    private final Latencies latencies = new Latencies();
    private long nanos = 5_000_000_000L;
    private RobotClient robot;

    @BeforeEach
    void makeRobot() {
        var clock =
                new RobotClock() {
                    @Override
                    public long epochMillis() {
                        return 1_700_000_000_000L + nanos / 1_000_000;
                    }

                    @Override
                    public long nanos() {
                        return nanos;
                    }
                };
        robot =
                new RobotClient(
                        "arm",
                        GateSettings.of(1),
                        DEADLINE_MILLIS,
                        true,
                        false,
                        clock,
                        sent::add,
                        latencies);
    }

    @Test
    void sendsWhatItSeesNumberedFromZeroInEachEpisode() {
        step(0, 0.5f, 0.25f);
        step(0, 0.5f, 0.25f);
        step(1, 0.5f, 0.25f);
        assertThat(sent).extracting(RobotObservation::getSequence).containsExactly(0L, 1L, 0L);
        assertThat(sent).extracting(RobotObservation::getEpisode).containsExactly(0L, 0L, 1L);
        RobotObservation first = sent.get(0);
        assertThat(first.getRobot()).isEqualTo("arm");
        assertThat(first.getEventTime()).isEqualTo(1_700_000_005_000L);
        assertThat(first.getImage().remaining()).isEqualTo(12);
        assertThat(first.getProprioception()).containsExactly(1.5f);
        assertThat(first.getDeadlineMillis()).isEqualTo(DEADLINE_MILLIS);
        assertThat(first.getExplore()).isTrue();
        assertThat(first.getLearn()).isFalse();
        assertThat(first.getOutcomes()).isEmpty();
    }

    @Test
    void theNewestOutcomesRideWithEveryObservationOfTheEpisode() {
        step(0, 0.5f, 0.25f);
        step(0, null, 0.5f);
        step(0, -1f, 0.75f);
        step(0, 1f, 1f);
        robot.observe(0, LAST);
        RobotObservation last = sent.get(4);
        assertThat(last.getTerminal()).isTrue();
        assertThat(last.getReward()).isEqualTo(1);
        assertThat(last.getOutcomes())
                .containsExactly(
                        new StepOutcome(1L, 0.5f, List.of(0.5f), true), // held
                        new StepOutcome(2L, 0.75f, List.of(-1f), false),
                        new StepOutcome(3L, 1f, List.of(1f), false));
        step(1, 0f, 0f);
        assertThat(sent.get(5).getOutcomes()).isEmpty();
    }

    @Test
    void actionsAreTakenUpToTheDeadlineAndTheirLatencyIsMeasured() {
        robot.observe(0, SIGHT);
        nanos += 40_000_000;
        robot.received(action("arm", 0, 0, 0.5f));
        assertThat(robot.act().values()).containsExactly(0.5f);
        robot.earned(0);
        robot.observe(0, SIGHT);
        nanos += 40_000_001;
        robot.received(action("arm", 0, 1, 0.75f));
        assertThat(robot.act().missed()).isTrue();
        assertThat(latencies.count()).isEqualTo(2);
        assertThat(latencies.quantileMillis(1)).isBetween(40.0, 41.0);
        assertThat(robot.counts()).isEqualTo(new GateCounts(2, 1, 0, 1, 0, 0));
    }

    @Test
    void waitsForTheActionOfTheStepThatIsOpen() throws Exception {
        robot.observe(0, SIGHT);
        robot.received(action("arm", 0, 0, 0.5f));
        assertThat(robot.await()).isTrue();
        robot.act();
        robot.earned(0);
        robot.observe(0, SIGHT);
        robot.received(action("arm", 0, 0, 0.5f)); // of the step before
        nanos += DEADLINE_MILLIS * 1_000_000L;
        assertThat(robot.await()).isFalse();
    }

    @Test
    void anAnswerThatComesStepsTooLateIsMeasuredToo() {
        robot.observe(0, SIGHT);
        nanos += 50_000_000;
        assertThat(robot.act().missed()).isTrue();
        robot.earned(0);
        robot.observe(0, SIGHT);
        nanos += 50_000_000;
        robot.received(action("arm", 0, 0, 0.5f));
        assertThat(latencies.quantileMillis(1)).isBetween(100.0, 102.0);
        assertThat(robot.counts().late()).isEqualTo(1);
        robot.received(action("arm", 0, 0, 0.5f)); // once more
        assertThat(latencies.count()).isEqualTo(1);
    }

    @Test
    void actionsOfOthersAndOfStepsThatNeverWereAreNotMeasured() {
        robot.observe(3, SIGHT);
        robot.received(action("leg", 3, 0, 0.5f));
        robot.received(action("arm", 2, 0, 0.5f));
        robot.received(action("arm", 3, 64, 0.5f));
        robot.received(action("arm", 3, -64, 0.5f));
        robot.act();
        robot.observe(3, LAST);
        robot.received(action("arm", 3, 1, 0.5f)); // a terminal one needs no answer
        assertThat(latencies.count()).isZero();
        assertThat(robot.counts().late()).isEqualTo(4);
    }

    @Test
    void aCommandStopsAllRobotsOrOneAndResumesThem() {
        robot.commanded(command(RobotClient.STOP, Map.of("robot", "leg"), false));
        robot.commanded(command(RobotClient.STOP, Map.of(), true)); // only says what it would do
        robot.commanded(command("freeze", Map.of(), false));
        assertThat(robot.isStopped()).isFalse();
        robot.commanded(command(RobotClient.STOP, Map.of(), false));
        assertThat(robot.isStopped()).isTrue();
        robot.commanded(command(RobotClient.RESUME, Map.of("robot", "arm"), false));
        assertThat(robot.isStopped()).isFalse();
    }

    @Test
    void aStopReachesTheStepThatIsOpen() {
        robot.observe(0, SIGHT);
        robot.received(action("arm", 0, 0, 1f));
        robot.commanded(command(RobotClient.STOP, Map.of(), false));
        assertThat(robot.act().values()).containsExactly(0);
    }

    private void step(long episode, Float action, float reward) {
        robot.observe(episode, SIGHT);
        if (action != null) {
            long sequence = sent.get(sent.size() - 1).getSequence();
            robot.received(action("arm", episode, sequence, action));
        }
        robot.act();
        robot.earned(reward);
    }

    private static Action action(String robot, long episode, long sequence, float value) {
        return new Action(robot, episode, sequence, 0L, 0L, 0L, List.of(value), "core", 1L);
    }

    private static ControlCommand command(
            String action, Map<String, String> arguments, boolean dryRun) {
        return new ControlCommand("1", "core", action, arguments, 0L, "test", dryRun);
    }
}
