package freshet.learners;

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
     * not finite is refused: the report says why, and weights, moments and counters keep their
     * bits.
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

    @Override
    void close();
}
