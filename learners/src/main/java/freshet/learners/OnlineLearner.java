package freshet.learners;

import java.util.List;
import java.util.Set;

/**
 * A model that learns one mini-batch at a time and can stop and resume between any two steps.
 *
 * <p>Not thread-safe: one learner belongs to one operator subtask. Closing frees native memory; a
 * closed learner must not be used again.
 *
 * @param <B> one mini-batch
 */
public interface OnlineLearner<B> extends AutoCloseable {

    /**
     * Does one update; afterwards {@link #snapshot} reflects it. A batch whose loss or gradient is
     * not finite, or that finds no room on the device, is refused: the report says why, and
     * weights, moments and counters keep their bits.
     */
    StepReport step(B batch);

    /** Copies all that a resumed learner needs: weights, updater state, step count, seed. */
    LearnerSnapshot snapshot();

    /**
     * Continues from {@code snapshot} exactly as if there had been no stop.
     *
     * @throws IllegalArgumentException if the snapshot is of another kind, format or configuration
     */
    void restore(LearnerSnapshot snapshot);

    /** Copies what a predictor needs to serve: the weights, without moments or replay. */
    ModelArtifact publish();

    /** Actions that {@link #obey} takes. */
    default Set<String> actions() {
        return Set.of();
    }

    /**
     * Carries out an order before the next update, or says what would be done. What it changes is
     * in {@link #snapshot}.
     *
     * @param dryRun true if only to say it
     * @return what changes, old and new value, for people
     * @throws IllegalArgumentException saying why not; then nothing has changed
     */
    default String obey(Order order, boolean dryRun) {
        throw new IllegalArgumentException(
                "%s is no action of this learner, it takes %s"
                        .formatted(order.action(), actions()));
    }

    /**
     * Takes a published version's weights as its own: moments start at 0, the rate warms up again;
     * replay, counters and random numbers go on.
     *
     * @throws IllegalArgumentException if the version is of another model; then nothing has changed
     * @throws UnsupportedOperationException if this learner cannot
     */
    default void adopt(ModelArtifact version) {
        throw new UnsupportedOperationException(
                "%s cannot take a published version's weights".formatted(getClass().getName()));
    }

    /**
     * Measured on a fixed probe batch with the weights that {@link #publish} gives, so that a
     * change of the model is told from a change of the data; empty if there is none.
     */
    default List<Measurement> probe() {
        return List.of();
    }

    @Override
    void close();
}
