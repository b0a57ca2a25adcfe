package freshet.jobs.robots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.client.GateSettings;
import freshet.client.Latencies;
import freshet.client.RobotClient;
import freshet.client.RobotClock;
import freshet.schemas.Action;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobotLoopTest {

    private static final int FIRST_EPISODE = 7;

    @TempDir Path folder;

    private final List<RobotObservation> sent = new ArrayList<>();
    private final List<RobotClient> clients = new ArrayList<>();
    private final MovedClock clock = new MovedClock();

    /** Stands still but for pauses and for what a test moves. */
    private static final class MovedClock implements RobotClock {

        private long nanos;

        @Override
        public long epochMillis() {
            return nanos / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void pause(long time) {
            nanos += time;
        }
    }

    @Test
    void robotsTakeTheirTurnsAtEqualDistances() {
        loop(2, sent::add).run(10, 3, clock, () -> false);
        assertThat(sent)
                .extracting(RobotObservation::getRobot)
                .containsExactly("r-0", "r-1", "r-0", "r-1", "r-0", "r-1");
        assertThat(sent)
                .extracting(RobotObservation::getEventTime)
                .containsExactly(0L, 50L, 100L, 150L, 200L, 250L);
    }

    @Test
    void lostTimeIsCountedAndNotCaughtUp() {
        RobotLoop loop =
                loop(
                        1,
                        observation -> {
                            sent.add(observation);
                            if (observation.getSequence() == 1) {
                                clock.pause(1_000_000_000L);
                            }
                        });
        loop.run(10, 4, clock, () -> false);
        assertThat(sent)
                .extracting(RobotObservation::getEventTime)
                .containsExactly(0L, 100L, 1100L, 1200L);
        assertThat(loop.overruns()).isEqualTo(1);
    }

    @Test
    void stopsWhenItIsToldTo() {
        loop(2, sent::add).run(10, 1000, clock, () -> sent.size() == 5);
        assertThat(sent).hasSize(5);
    }

    @Test
    void aWholeEpisodeIsWhatTheSimulatorDoesWithTheSameActions() throws Exception {
        RobotLoop loop = loop(2, this::answer);
        loop.runAtOnce(130, () -> false);

        RobotFleet alone = fleet(2);
        double total = 0;
        for (int step = 0; step < 125; step++) {
            total += alone.robot(1).act(new float[] {actionOf(step)}, 0);
        }
        byte[] frame = new byte[alone.frameBytes()];
        alone.see(1, frame, 0);
        List<RobotObservation> ofOne =
                sent.stream().filter(one -> one.getRobot().equals("r-1")).toList();
        RobotObservation last = ofOne.get(125);
        assertThat(last.getTerminal()).isTrue();
        assertThat(last.getSequence()).isEqualTo(125);
        assertThat(last.getEpisode()).isEqualTo(FIRST_EPISODE);
        assertThat(last.getImage().array()).isEqualTo(frame);
        StepOutcome outcome = last.getOutcomes().get(2);
        assertThat(outcome.getSequence()).isEqualTo(124);
        assertThat(outcome.getAction()).containsExactly(actionOf(124));
        assertThat(outcome.getMissed()).isFalse();
        double seen = ofOne.subList(1, 126).stream().mapToDouble(RobotObservation::getReward).sum();
        assertThat(seen).isCloseTo(total, within(1e-9));

        RobotObservation next = ofOne.get(126);
        assertThat(next.getEpisode()).isEqualTo(FIRST_EPISODE + 1);
        assertThat(next.getSequence()).isZero();
        assertThat(next.getOutcomes()).isEmpty();
        assertThat(loop.counts().missed()).isZero();
        // two robots, 129 actions each
        assertThat(loop.counts().steps()).isEqualTo(258);
    }

    @Test
    void episodesAndTrueStatesAreWritten() throws Exception {
        Path episodes = folder.resolve("episodes.csv");
        Path states = folder.resolve("states.csv");
        RobotFleet fleet = fleet(1);
        clients(1, this::answer);
        try (var log =
                new EpisodeLog(episodes, states, fleet.task().trueStateNames(), clock::nanos)) {
            var loop = new RobotLoop(fleet, clients, FIRST_EPISODE, true, log);
            loop.runAtOnce(127, () -> false);
            assertThat(log.episodes()).isEqualTo(1);
            log.close();
            List<String> lines = Files.readAllLines(episodes);
            assertThat(lines).hasSize(2);
            assertThat(lines.get(1)).startsWith("0.000,r-0,7,125,").endsWith(",125,0");
            assertThat(lines.get(1)).contains(",%.4f,".formatted(log.meanReturn()));
        }
        List<String> lines = Files.readAllLines(states);
        assertThat(lines.get(0))
                .isEqualTo(
                        "robot,episode,sequence,cartMetres,poleCosine,poleSine,"
                                + "cartMetresPerSecond,poleRadiansPerSecond");
        // 126 of the episode and 2 of the next
        assertThat(lines).hasSize(1 + 128);
        float[] state = fleet(1).robot(0).trueState();
        assertThat(lines.get(1)).startsWith("r-0,7,0,%s,%s".formatted(state[0], state[1]));
        // what the cart's sensors measure is in the record, the true state is not
        assertThat(sent.get(0).getProprioception()).containsExactly(state[0], state[3]);
    }

    private void answer(RobotObservation observation) {
        sent.add(observation);
        if (!observation.getTerminal()) {
            float value = actionOf(observation.getSequence());
            var action =
                    new Action(
                            observation.getRobot(),
                            observation.getEpisode(),
                            observation.getSequence(),
                            observation.getEventTime(),
                            0L,
                            0L,
                            List.of(value),
                            "test",
                            1L);
            clients.forEach(client -> client.received(action));
        }
    }

    private static float actionOf(long step) {
        return (step % 5 - 2) / 4f;
    }

    private static RobotFleet fleet(int count) {
        return new RobotFleet(Task.Name.SWING_UP, count, 24, Distractions.EASY, 3);
    }

    private RobotLoop loop(int count, Consumer<RobotObservation> sender) {
        clients(count, sender);
        return new RobotLoop(
                fleet(count),
                clients,
                FIRST_EPISODE,
                false,
                new EpisodeLog(null, null, List.of(), clock::nanos));
    }

    private void clients(int count, Consumer<RobotObservation> sender) {
        for (int i = 0; i < count; i++) {
            clients.add(
                    new RobotClient(
                            "r-" + i,
                            GateSettings.of(1),
                            100,
                            true,
                            true,
                            clock,
                            sender,
                            new Latencies()));
        }
    }
}
