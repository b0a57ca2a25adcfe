package freshet.benchmarks.robots;

import freshet.benchmarks.Table;
import freshet.client.GateCounts;
import freshet.client.GateSettings;
import freshet.client.Latencies;
import freshet.client.RobotClient;
import freshet.client.RobotClock;
import freshet.client.RobotLink;
import freshet.jobs.KafkaAccess;
import freshet.jobs.robots.EpisodeLog;
import freshet.jobs.robots.RobotLoop;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.util.ArrayList;
import java.util.List;

/** Simulated robots that send what they see, and the time until their actions are there. */
final class RobotTraffic implements AutoCloseable {

    private final double hertz;
    private final RobotClock clock = RobotClock.SYSTEM;
    private final Latencies latencies = new Latencies();
    private final RobotLink link;
    private final EpisodeLog log;
    private final RobotLoop loop;
    private final int count;

    /**
     * @param hertz steps of each robot a second; its deadline is a period
     */
    RobotTraffic(KafkaAccess kafka, RobotLink.Topics topics, int count, double hertz, int pixels) {
        this.count = count;
        this.hertz = hertz;
        var fleet = new RobotFleet(Task.Name.SWING_UP, count, pixels, Distractions.NONE, 1);
        link = new RobotLink(kafka.properties(), topics);
        log = new EpisodeLog(null, null, List.of(), clock::nanos);
        List<RobotClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var client =
                    new RobotClient(
                            "robot-" + i,
                            GateSettings.of(fleet.task().actuators()),
                            (int) (1000 / hertz),
                            true,
                            true,
                            clock,
                            link::send,
                            latencies);
            link.add(client);
            clients.add(client);
        }
        loop = new RobotLoop(fleet, clients, 0, false, log);
    }

    static Table table() {
        return Table.start(
                "latency",
                "robots | actions | p50 ms | p99 ms | p99.9 ms | missed | lost | overruns");
    }

    /** Actions that came so far, whether in time or not. */
    long answered() {
        GateCounts counts = loop.counts();
        return counts.steps() - counts.missed() + counts.late();
    }

    void run(long steps) {
        loop.run(hertz, steps, clock, () -> false);
    }

    /**
     * Runs, and tells of these steps alone in a row of a {@link #table}.
     *
     * @param steps of each robot
     */
    void measure(long steps, Table table) {
        GateCounts before = loop.counts();
        long lostBefore = link.lost();
        long overrunsBefore = loop.overruns();
        latencies.clear();
        run(steps);
        GateCounts after = loop.counts();
        long actions = after.steps() - before.steps();
        table.row(
                "%d | %,d | %.2f | %.2f | %.2f | %.3f %% | %d | %d",
                count,
                actions,
                latencies.quantileMillis(0.5),
                latencies.quantileMillis(0.99),
                latencies.quantileMillis(0.999),
                100.0 * (after.missed() - before.missed()) / actions,
                link.lost() - lostBefore,
                loop.overruns() - overrunsBefore);
    }

    @Override
    public void close() {
        link.close();
        log.close();
    }
}
