package freshet.client;

import freshet.client.ActionGate.Fate;
import freshet.client.ActionGate.Told;
import freshet.schemas.Action;
import freshet.schemas.ControlCommand;
import freshet.schemas.Floats;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One robot's side of the loop: at each step {@link #observe}, at its end {@link #act} and, when it
 * is known, {@link #earned}.
 *
 * <p>State: the times of the newest steps, that of {@link ObservationRecords} and the {@link
 * ActionGate}'s.
 *
 * <p>One thread observes and acts; {@link #received} and {@link #commanded} may be called by
 * another.
 */
public final class RobotClient {

    /** Steps whose outcome each observation carries. */
    public static final int OUTCOMES = 3;

    /** What the control topic calls a stop. */
    public static final String STOP = "safeStop";

    /** What the control topic calls the end of a stop. */
    public static final String RESUME = "resume";

    /** Argument of both that names the one robot that is meant; without it all are. */
    public static final String ROBOT = "robot";

    /**
     * What a robot sees and feels.
     *
     * @param image {@code [height, width, 3]} 8-bit RGB, rows from the top; null if it has no
     *     camera
     * @param proprioception what its own sensors measure; may be empty
     * @param terminal whether the episode ends with it
     */
    public record Sight(
            byte[] image, int width, int height, float[] proprioception, boolean terminal) {}

    private final String robot;
    private final int deadlineMillis;
    private final ObservationRecords records;
    private final RobotClock clock;
    private final Consumer<RobotObservation> sender;
    private final ActionGate gate;
    private final Latencies latencies;
    private final SentSteps sentSteps = new SentSteps();
    private Told told;
    private volatile CountDownLatch answered = new CountDownLatch(1);
    private volatile long sequence = -1;
    private volatile long episode = -1;
    private volatile long sentNanos;

    /**
     * @param robot its name, the key of its records
     * @param deadlineMillis time from an observation until its action counts no more, from 1
     * @param explores whether the model may try what it does not hold for best
     * @param teaches whether the model may learn from it
     * @param sender takes what is to be sent, such as {@link RobotLink#send}
     * @param latencies shared by any number of robots
     */
    public RobotClient(
            String robot,
            GateSettings settings,
            int deadlineMillis,
            boolean explores,
            boolean teaches,
            RobotClock clock,
            Consumer<RobotObservation> sender,
            Latencies latencies) {
        if (deadlineMillis < 1) {
            throw new IllegalArgumentException(
                    "deadlineMillis is %d, must be at least 1".formatted(deadlineMillis));
        }
        this.robot = robot;
        this.deadlineMillis = deadlineMillis;
        records = new ObservationRecords(robot, deadlineMillis, explores, teaches);
        this.clock = clock;
        this.sender = sender;
        this.latencies = latencies;
        gate = new ActionGate(settings);
    }

    public String robot() {
        return robot;
    }

    /**
     * Sends what the robot sees; its action is awaited from now on, unless the episode ends.
     *
     * @param ofEpisode growing; a new one begins with step 0
     */
    public void observe(long ofEpisode, Sight sight) {
        long next = sequence + 1;
        if (ofEpisode != episode) {
            next = 0;
        }
        episode = ofEpisode;
        sequence = next;
        long now = clock.nanos();
        sentNanos = now;
        if (!sight.terminal()) {
            answered = new CountDownLatch(1);
            gate.open(episode, sequence, now + deadlineMillis * 1_000_000L);
            sentSteps.sent(episode, sequence, now);
        }
        sender.accept(records.record(episode, sequence, clock.epochMillis(), sight));
    }

    /**
     * Waits for the action of the step that is open, for robots that need not move in time.
     *
     * @return whether it came by its deadline
     */
    public boolean await() throws InterruptedException {
        long due = sentNanos + deadlineMillis * 1_000_000L;
        return answered.await(due - clock.nanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the step: what the actuators are to be told. */
    public Told act() {
        told = gate.close();
        return told;
    }

    /**
     * What the action that {@link #act} gave has earned.
     *
     * @param reward in [0, 1]
     */
    public void earned(float reward) {
        records.became(
                new StepOutcome(sequence, reward, Floats.list(told.values()), told.missed()));
    }

    /** Takes an action from the topic; those of other robots are none of its business. */
    public void received(Action action) {
        if (!robot.equals(action.getRobot())) {
            return;
        }
        float[] values = Floats.array(action.getValues());
        long now = clock.nanos();
        Fate fate = gate.offer(action.getEpisode(), action.getSequence(), values, now);
        long took = sentSteps.answered(action.getEpisode(), action.getSequence(), now);
        if (took != SentSteps.UNKNOWN) {
            latencies.add(took);
        }
        if (fate == Fate.TAKEN) {
            answered.countDown();
        }
    }

    /**
     * Takes a command from the control topic: {@link #STOP} and {@link #RESUME}, for all robots or
     * for the one that its argument {@link #ROBOT} names.
     */
    public void commanded(ControlCommand command) {
        String named = command.getArguments().get(ROBOT);
        if (command.getDryRun() || (named != null && !named.equals(robot))) {
            return;
        }
        switch (command.getAction()) {
            case STOP -> gate.stop();
            case RESUME -> gate.resume();
            default -> {} // for the model, not for a robot
        }
    }

    /** Begins stopped: the commands that came before it existed say so. */
    void startStopped() {
        gate.stop();
    }

    public boolean isStopped() {
        return gate.isStopped();
    }

    public GateCounts counts() {
        return gate.counts();
    }
}
