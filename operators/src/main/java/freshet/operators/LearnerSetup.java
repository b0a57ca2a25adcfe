package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnedRecords;
import freshet.learners.OnlineLearner;
import java.io.Serializable;
import java.util.List;

/**
 * All that makes one model's learner; travels with the job graph, so that models and engines are
 * made on the worker.
 *
 * @param <R> what the learn branch reads
 * @param <B> one mini-batch
 */
public interface LearnerSetup<R extends InRecord, B> extends Serializable {

    /** Tells models on the same stream apart. */
    String modelName();

    /** Updates between two published versions, at least 1. */
    int publishEverySteps();

    /** Sources whose last sequence number, and unfinished tail if any, is kept. */
    int maxSources();

    /** Whether steps are reported to the telemetry topic. */
    boolean telemetry();

    /** Fingerprint that a model version must carry to be served here. */
    String configuration();

    /** Of what turns records into the model's input where that is versioned apart, or empty. */
    String tokenizerHash();

    /** What is published: kind, configuration, names and shapes of the weights. */
    PublishedForm published();

    /** What a learner without state begins with; null: weights drawn from the seed. */
    WarmStart start();

    BatchCutter<R, Batch<B>> newCutter();

    OnlineLearner<B> newLearner();

    /** The dead letter of a batch that the learner refused. */
    OutRecord refused(Batch<B> batch, String refusal);

    /**
     * The version before the first update: the same weights everywhere, drawn from the seed or
     * those of {@link #start}.
     */
    default ModelVersion untrainedVersion() {
        try (OnlineLearner<B> learner = newLearner()) {
            var schedule = new PublishingSchedule(this);
            schedule.begin(this, learner);
            return schedule.untrained(this, learner);
        }
    }

    /**
     * A mini-batch on its way to the learner.
     *
     * @param eventTimeMillis of the last that went into it: a model that learned it is trained
     *     through it
     * @param recordIds of its records, where they have ids
     * @param records the same in short, for its telemetry, and texts too
     */
    record Batch<B>(
            B content, long eventTimeMillis, List<String> recordIds, LearnedRecords records) {}
}
