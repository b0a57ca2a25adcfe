package freshet.pipelines;

import freshet.operators.InRecord;
import freshet.operators.LearnerSetup;
import freshet.operators.RecordDecoder;
import freshet.operators.ServingConfig;
import java.io.Serializable;
import java.time.Duration;

/**
 * What the pipelines of all kinds of models have in common, checked.
 *
 * @param <R> what the model learns from and answers
 * @param <B> one mini-batch
 */
public interface ModelSettings<R extends InRecord, B> extends Serializable {

    RecordDecoder<R> decoder();

    /** How far a record may lie behind the newest of its partition. */
    long allowedDisorderMillis();

    /** How long a partition may bring nothing before it stops holding others back; 0: for ever. */
    long idleTimeoutMillis();

    /** Event time by which one partition, or the models, may run ahead of the others. */
    Duration maxLead();

    LearnerSetup<R, B> learner();

    ServingConfig serving();

    int predictParallelism();

    /** Size of a model chunk. */
    int chunkBytes();

    /** Updates between two reports of how long one takes; 0: none. */
    int paceEverySteps();
}
