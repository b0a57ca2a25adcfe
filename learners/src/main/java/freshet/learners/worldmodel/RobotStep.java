package freshet.learners.worldmodel;

/**
 * What a robot saw, did and got for it.
 *
 * @param robot whose
 * @param episode of this robot, growing
 * @param sequence step within the episode, from 0
 * @param picture {@link Frame#size} bytes
 * @param felt {@code [P]}, empty if P is 0
 * @param action {@code [A]} that followed the picture, in [-1, 1]
 * @param reward that the action brought
 */
public record RobotStep(
        String robot,
        long episode,
        long sequence,
        byte[] picture,
        float[] felt,
        float[] action,
        float reward) {

    /**
     * @throws IllegalArgumentException if it does not fit, or a number is not finite
     */
    void check(Frame frame, int proprioception, int actions) {
        if (picture.length != frame.size()) {
            throw wrong(
                    "a picture of %d bytes, expected %d".formatted(picture.length, frame.size()));
        }
        if (felt.length != proprioception) {
            throw wrong(
                    "%d numbers of proprioception, expected %d"
                            .formatted(felt.length, proprioception));
        }
        if (action.length != actions) {
            throw wrong(
                    "%d dimensions of its action, expected %d".formatted(action.length, actions));
        }
        if (!Float.isFinite(reward)) {
            throw wrong("a reward of %s, must be finite".formatted(reward));
        }
        for (float value : felt) {
            if (!Float.isFinite(value)) {
                throw wrong("a proprioception of %s, must be finite".formatted(value));
            }
        }
        for (float value : action) {
            if (!(value >= -1 && value <= 1)) {
                throw wrong("an action of %s, must be in [-1, 1]".formatted(value));
            }
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(
                "robot %s, episode %d, step %d has ".formatted(robot, episode, sequence) + what);
    }
}
