package freshet.learners;

/**
 * A learner whose state can be averaged with that of others of the same configuration: several
 * workers then learn one model, see {@link RoundWorker}.
 *
 * @param <B> one mini-batch
 */
public interface AveragedLearner<B> extends OnlineLearner<B> {

    /**
     * Copies what is averaged, in an order that is the same for all learners of the configuration:
     * weights, moments, and the running average that is published. Replay, counters and random
     * numbers are each learner's own.
     */
    float[] averaged();

    /**
     * Goes on with other values of these.
     *
     * @throws IllegalArgumentException if there are not as many; then nothing has changed
     */
    void setAveraged(float[] values);
}
