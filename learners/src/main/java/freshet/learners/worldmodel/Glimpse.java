package freshet.learners.worldmodel;

/**
 * What one robot sees at one step, and what it believed before.
 *
 * @param robot whose; with episode and sequence it decides the noise of this step
 * @param picture {@link Frame#size} bytes; null if the step's frame is missing, so that the belief
 *     goes on by the action alone
 * @param felt {@code [P]}; null if the frame is missing
 * @param before null at the start of an episode
 * @param explores whether the action is drawn, as in training; else it is the policy's mean
 */
public record Glimpse(
        String robot,
        long episode,
        long sequence,
        byte[] picture,
        float[] felt,
        Belief before,
        boolean explores) {

    public Glimpse {
        if (picture == null && before == null) {
            throw new IllegalArgumentException(
                    "robot %s, episode %d, step %d has neither a picture nor a belief to go on from"
                            .formatted(robot, episode, sequence));
        }
    }

    boolean isBlind() {
        return picture == null;
    }
}
