package freshet.client;

import freshet.schemas.Floats;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;

/**
 * Makes one robot's observations. What became of the newest {@link RobotClient#OUTCOMES} steps of
 * the episode rides with each, so that a lost or late record loses none of them.
 *
 * <p>State: those.
 */
public final class ObservationRecords {

    private final String robot;
    private final int deadlineMillis;
    private final boolean explores;
    private final boolean teaches;
    private final Deque<StepOutcome> outcomes = new ArrayDeque<>();
    private long episode = -1;

    /**
     * @param robot its name
     * @param deadlineMillis time until an action is worthless, milliseconds; 0: none
     * @param explores whether the model may try what it does not hold for best
     * @param teaches whether the model may learn from it
     */
    public ObservationRecords(String robot, int deadlineMillis, boolean explores, boolean teaches) {
        this.robot = robot;
        this.deadlineMillis = deadlineMillis;
        this.explores = explores;
        this.teaches = teaches;
    }

    /**
     * The observation of one step; another episode than the last one's begins without outcomes.
     *
     * @param eventTimeMillis when it was measured, since 1970-01-01 UTC
     */
    public RobotObservation record(
            long ofEpisode, long sequence, long eventTimeMillis, RobotClient.Sight sight) {
        if (ofEpisode != episode) {
            outcomes.clear();
        }
        episode = ofEpisode;
        boolean has = sight.image() != null;
        return new RobotObservation(
                robot,
                episode,
                sequence,
                eventTimeMillis,
                has ? ByteBuffer.wrap(sight.image()) : null,
                has ? sight.width() : 0,
                has ? sight.height() : 0,
                Floats.list(sight.proprioception()),
                outcomes.isEmpty() ? 0 : outcomes.getLast().getReward(),
                sight.terminal(),
                deadlineMillis,
                new ArrayList<>(outcomes),
                explores,
                teaches);
    }

    /** What became of a step of the episode, from the next observation on. */
    public void became(StepOutcome outcome) {
        outcomes.addLast(outcome);
        if (outcomes.size() > RobotClient.OUTCOMES) {
            outcomes.removeFirst();
        }
    }
}
