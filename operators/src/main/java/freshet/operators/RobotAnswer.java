package freshet.operators;

/** What a robot is to do, and at times what its model made of its newest steps. */
public class RobotAnswer {
    public String robot;
    public long episode;
    public long sequence;
    public long observationMillis;

    /** Milliseconds since 1970-01-01 UTC; 0: none. */
    public long deadlineMillis;

    /** {@code [A]}, in [-1, 1]. */
    public float[] action;

    public long modelVersion;

    // Of the steps since the last report; none if their number is 0.

    public long reportedSteps;
    public double surpriseSumNats;
    public double surpriseMinNats;
    public double surpriseMaxNats;

    /** Actions that did not reach the robot in time. */
    public long missed;

    /** Observations that did not come and were bridged. */
    public long bridged;

    /** Steps since the belief began, at this one; those that were bridged count. */
    public long beliefSteps;

    /** How old the model was, in event time; -1 if it had learned nothing. */
    public long modelAgeMillis;

    /** Number of the report, of this robot. */
    public long report;
}
