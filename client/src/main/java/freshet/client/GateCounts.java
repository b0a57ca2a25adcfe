package freshet.client;

/**
 * What became of a robot's steps and of the actions that were sent to it.
 *
 * @param steps that are over
 * @param missed of them without an action in time
 * @param stopped of them while stopped; none of those counts as missed
 * @param late actions after their deadline, or for a step that was over
 * @param repeated actions for a step that had one
 * @param unusable actions with a number too many or too few, or one that is not finite
 */
public record GateCounts(
        long steps, long missed, long stopped, long late, long repeated, long unusable) {

    static final GateCounts NONE = new GateCounts(0, 0, 0, 0, 0, 0);

    public GateCounts plus(GateCounts other) {
        return new GateCounts(
                steps + other.steps,
                missed + other.missed,
                stopped + other.stopped,
                late + other.late,
                repeated + other.repeated,
                unusable + other.unusable);
    }
}
