package freshet.learners.worldmodel;

/**
 * What a robot is to do.
 *
 * @param belief after the step, the action of this decision in it
 * @param surpriseNats divergence of what is believed after the look from what was expected before;
 *     at the start of an episode from a standard normal; 0 without a look
 */
public record Decision(Belief belief, double surpriseNats) {

    /** {@code [A]} in (-1, 1). */
    public float[] action() {
        return belief.action();
    }
}
