package freshet.operators;

import freshet.learners.robots.StepOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a robot saw and felt, on its way to the learner and to its action. The record's source is
 * the robot, its sequence the step within the episode.
 */
public class RobotRecord extends InRecord {
    private static final long serialVersionUID = 1;

    public long episode;

    /** As the model's frame says; empty if the robot has no camera. */
    public byte[] picture = {};

    /** {@code [P]}. */
    public float[] felt = {};

    /** The episode ends with it: no action follows. */
    public boolean terminal;

    /** Whether the action may be one that the model does not hold for best. */
    public boolean explore;

    /** Time until an action is worthless, milliseconds; 0: none. */
    public int deadlineMillis;

    // Steps of the episode that have become known since, as many of each.

    public long[] outcomeSteps = {};
    public float[] outcomeRewards = {};
    public boolean[] outcomesMissed = {};

    /** {@code [N, A]}. */
    public float[] outcomeActions = {};

    @Override
    byte[] content() {
        return value;
    }

    /** Steps are counted within an episode; who reads them looks after repeats. */
    @Override
    boolean isNumbered() {
        return false;
    }

    /** Whose it is; empty if it could not be read. */
    public String robot() {
        return source == null ? "" : source;
    }

    List<StepOutcome> outcomes() {
        List<StepOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < outcomeSteps.length; i++) {
            int actuators = outcomeActions.length / outcomeSteps.length;
            outcomes.add(
                    new StepOutcome(
                            outcomeSteps[i],
                            Arrays.copyOfRange(outcomeActions, i * actuators, (i + 1) * actuators),
                            outcomeRewards[i],
                            outcomesMissed[i]));
        }
        return outcomes;
    }
}
