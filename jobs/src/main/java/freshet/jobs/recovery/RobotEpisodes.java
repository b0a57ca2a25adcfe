package freshet.jobs.recovery;

import freshet.learners.tensor.CounterRandom;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Logged episodes of several robots in turn: with frames that are missing, repeated and late, with
 * a longer silence in the middle of an episode, with outcomes that come late, with actions that
 * were missed, and with sensors that measure nonsense. A function of its numbers alone.
 */
final class RobotEpisodes {

    private static final int SILENT_ROBOT = 1;
    private static final int SILENT_FROM = 5; // step of every other episode
    private static final int SILENT_STEPS = 4;
    private static final int HELD_UP_STEPS = 2;

    /** Longest gap that this stream's beliefs must go on over. */
    static final int MAX_GAP = 2;

    /**
     * How many, how long and how well.
     *
     * @param side pixels of the height and width of a frame, at most 18
     * @param sensors numbers of proprioception, from 0
     * @param robots of one actuator each, from 2
     * @param episodeSteps observations of an episode, the terminal one among them
     * @param rarity mishaps are so many times rarer than they could be, from 1
     */
    record Shape(int side, int sensors, int robots, int episodeSteps, int rarity) {}

    /**
     * Event times.
     *
     * @param startMillis of the first turn
     * @param turnMillis from the turn of one robot to that of the next
     * @param behindMillis by so much the clock of each robot is behind that of the one before
     */
    record Clock(long startMillis, long turnMillis, long behindMillis) {

        long logMillis(int turn) {
            return startMillis + turnMillis * turn;
        }
    }

    /**
     * One record.
     *
     * @param logMillis when it was sent
     */
    record Sent(int robot, long logMillis, RobotObservation observation) {}

    /** With a deadline, live, it would be a matter of time which observations are answered. */
    private static final int IN_NO_HURRY = 0;

    private final Shape shape;
    private final Clock clock;
    private final long seed;
    private final List<Sent> sent = new ArrayList<>();

    private RobotEpisodes(Shape shape, Clock clock, long seed) {
        this.shape = shape;
        this.clock = clock;
        this.seed = seed;
    }

    /**
     * @param count records, or one or two more
     * @param seed of pictures, rewards and actions
     */
    static List<Sent> of(Shape shape, Clock clock, long seed, int count) {
        var episodes = new RobotEpisodes(shape, clock, seed);
        for (int turn = 0; episodes.sent.size() < count; turn++) {
            episodes.add(turn % shape.robots, turn / shape.robots, clock.logMillis(turn));
        }
        return episodes.sent;
    }

    static String step(String robot, long episode, long sequence) {
        return "%s/%d/%d".formatted(robot, episode, sequence);
    }

    /** What tells an action from all others. */
    static String step(byte[] action) {
        Action decoded = AvroCodec.of(Action.class).decodeOwn(action);
        return step(decoded.getRobot(), decoded.getEpisode(), decoded.getSequence());
    }

    /** What a robot sends at one of its steps, counted over all episodes. */
    private void add(int robot, int step, long now) {
        int number = robot + shape.robots * step;
        if (falls(number, 13) || isSilent(robot, step)) {
            return; // lost
        }
        RobotObservation observation = observation(robot, step, now);
        if (falls(number, 29)) {
            observation.setProprioception(List.of(Float.NaN, 0f));
        }
        if (falls(number, 31)) {
            observation.setImageWidth(shape.side + 1);
        }
        sent.add(new Sent(robot, now, observation));
        if (falls(number, 11)) {
            sent.add(new Sent(robot, now, observation)); // again
        }
        if (falls(number, 17) && step >= HELD_UP_STEPS) {
            long then = now - clock.turnMillis * HELD_UP_STEPS * shape.robots;
            RobotObservation earlier = observation(robot, step - HELD_UP_STEPS, then);
            sent.add(new Sent(robot, now, earlier)); // held up, and sent a second time
        }
    }

    /** Once in so many, or so many times the rarity. */
    private boolean falls(int number, int every) {
        int period = every * shape.rarity;
        return number % period == period - 1;
    }

    private boolean isSilent(int robot, int step) {
        int inEpisode = step % shape.episodeSteps;
        return robot == SILENT_ROBOT
                && step / shape.episodeSteps % 2 == 1
                && inEpisode >= SILENT_FROM
                && inEpisode < SILENT_FROM + SILENT_STEPS;
    }

    /**
     * @param now when it is sent if nothing holds it up
     */
    private RobotObservation observation(int robot, int step, long now) {
        int inEpisode = step % shape.episodeSteps;
        var random = new CounterRandom(seed, robot, 1_000L * step);
        byte[] picture = new byte[3 * shape.side * shape.side];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (byte) random.nextLong(256);
        }
        List<StepOutcome> outcomes = new ArrayList<>();
        for (int back = 1; back <= Math.min(2, inEpisode); back++) {
            int earlier = inEpisode - back;
            boolean comesLater = back == 1 && step % 5 == 4; // with the next observation
            if (!comesLater) {
                var ofStep = new CounterRandom(seed + 1, robot, 10L * (step - back));
                outcomes.add(
                        new StepOutcome(
                                (long) earlier,
                                (float) ofStep.nextDouble(),
                                List.of((float) (2 * ofStep.nextDouble() - 1)),
                                step % 7 == 6));
            }
        }
        List<Float> felt = new ArrayList<>();
        for (int i = 0; i < shape.sensors; i++) {
            felt.add((float) random.nextDouble());
        }
        boolean explores = step % 9 != 8;
        return new RobotObservation(
                "robot-" + robot,
                (long) step / shape.episodeSteps,
                (long) inEpisode,
                now - robot * clock.behindMillis,
                ByteBuffer.wrap(picture),
                shape.side,
                shape.side,
                felt,
                0f,
                inEpisode == shape.episodeSteps - 1,
                IN_NO_HURRY,
                outcomes,
                explores,
                !falls(step, 10));
    }
}
