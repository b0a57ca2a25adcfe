package freshet.learners.worldmodel;

/**
 * What a robot's world is taken to be after one step of an episode: all that the next step needs
 * from this one.
 *
 * @param latent {@code [Z]} drawn
 * @param hidden {@code [H]}; empty without recurrence
 * @param action {@code [A]} that was given
 */
public record Belief(float[] latent, float[] hidden, float[] action) {

    /** The same after another action than the one that was given: one that a robot held instead. */
    public Belief withAction(float[] taken) {
        return new Belief(latent, hidden, taken.clone());
    }
}
