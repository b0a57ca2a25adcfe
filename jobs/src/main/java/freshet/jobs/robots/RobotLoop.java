package freshet.jobs.robots;

import freshet.client.ActionGate.Told;
import freshet.client.GateCounts;
import freshet.client.RobotClient;
import freshet.client.RobotClient.Sight;
import freshet.client.RobotClock;
import freshet.simulators.RobotFleet;
import freshet.simulators.SimulatedRobot;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Moves simulated robots in time, each through its client. Within a period the robots take their
 * turns at equal distances, so that 200 of them do not ask at once.
 *
 * <p>A step of the simulation is one period long: what is seen at a turn is answered until the
 * robot's next turn, and the answer then moves the robot at once by the whole step. The world waits
 * for the action, as in the control suite; only the answer's deadline is real.
 */
public final class RobotLoop {

    private final RobotFleet fleet;
    private final List<RobotClient> clients;
    private final long firstEpisode;
    private final boolean sendsProprioception;
    private final EpisodeLog log;
    private final double[] returns;
    private final boolean[] hasBegun;
    private long overruns;

    /**
     * @param clients one for each robot of the fleet
     * @param firstEpisode number of the robots' first episode in their records
     */
    public RobotLoop(
            RobotFleet fleet,
            List<RobotClient> clients,
            long firstEpisode,
            boolean sendsProprioception,
            EpisodeLog log) {
        if (clients.size() != fleet.count()) {
            throw new IllegalArgumentException(
                    "%d clients for %d robots".formatted(clients.size(), fleet.count()));
        }
        this.fleet = fleet;
        this.clients = List.copyOf(clients);
        this.firstEpisode = firstEpisode;
        this.sendsProprioception = sendsProprioception;
        this.log = log;
        returns = new double[fleet.count()];
        hasBegun = new boolean[fleet.count()];
    }

    /**
     * Runs in time until {@code ends}, or until every robot had its turns.
     *
     * @param hertz turns of each robot a second, above 0
     * @param turns of each robot at most
     */
    public void run(double hertz, long turns, RobotClock clock, BooleanSupplier ends) {
        double apart = 1e9 / hertz / fleet.count();
        long start = clock.nanos();
        long shift = 0;
        for (long turn = 0; turn < turns * fleet.count() && !ends.getAsBoolean(); turn++) {
            long due = start + shift + (long) (turn * apart);
            for (long left = due - clock.nanos(); left > 0; left = due - clock.nanos()) {
                clock.pause(left);
            }
            long behind = clock.nanos() - due;
            if (behind > 1e9 / hertz) {
                overruns++;
                shift += behind; // what was lost is lost: no burst to catch up
            }
            turn((int) (turn % fleet.count()));
        }
    }

    /**
     * Runs as fast as answers come until {@code ends}, or until every robot had its turns.
     *
     * @param turns of each robot at most
     */
    public void runAtOnce(long turns, BooleanSupplier ends) throws InterruptedException {
        for (long turn = 0; turn < turns && !ends.getAsBoolean(); turn++) {
            for (int place = 0; place < fleet.count(); place++) {
                if (hasBegun[place]) {
                    clients.get(place).await();
                }
                turn(place);
            }
        }
    }

    /** One robot acts, if it has seen something, and sees. */
    void turn(int place) {
        if (hasBegun[place]) {
            act(place);
        }
        hasBegun[place] = true;
        see(place);
        SimulatedRobot robot = fleet.robot(place);
        if (robot.atEnd()) {
            log.ended(
                    clients.get(place).robot(),
                    firstEpisode + robot.episode(),
                    robot.step(),
                    returns[place],
                    clients.get(place).counts());
            returns[place] = 0;
            robot.startEpisode();
            see(place);
        }
    }

    private void act(int place) {
        Told told = clients.get(place).act();
        float reward = fleet.robot(place).act(told.values(), 0);
        clients.get(place).earned(reward);
        returns[place] += reward;
    }

    private void see(int place) {
        SimulatedRobot robot = fleet.robot(place);
        byte[] frame = new byte[fleet.frameBytes()];
        fleet.see(place, frame, 0);
        float[] felt = sendsProprioception ? robot.proprioception() : new float[0];
        long episode = firstEpisode + robot.episode();
        log.saw(clients.get(place).robot(), episode, robot.step(), robot.trueState());
        clients.get(place)
                .observe(
                        episode, new Sight(frame, fleet.side(), fleet.side(), felt, robot.atEnd()));
    }

    /** Turns that came more than a period late, because this process had too little time. */
    public long overruns() {
        return overruns;
    }

    /** Of all robots together. */
    public GateCounts counts() {
        GateCounts sum = new GateCounts(0, 0, 0, 0, 0, 0);
        for (RobotClient client : clients) {
            sum = sum.plus(client.counts());
        }
        return sum;
    }
}
