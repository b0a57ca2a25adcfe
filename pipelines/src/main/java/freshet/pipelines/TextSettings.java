package freshet.pipelines;

import freshet.learners.memory.MemoryConfig;
import freshet.operators.LearnerSetup;
import freshet.operators.ServingConfig;
import freshet.operators.TextDecoder;
import java.io.Serializable;
import java.time.Duration;

/**
 * One text model's pipeline, checked.
 *
 * @param allowedDisorderMillis how far a record may lie behind the newest of its partition
 * @param idleTimeoutMillis how long a partition may bring nothing before it stops holding others
 *     back; 0: for ever
 * @param maxLead event time by which one partition, or the models, may run ahead of the others
 * @param chunkBytes size of a model chunk
 */
public record TextSettings(
        TextDecoder decoder,
        long allowedDisorderMillis,
        long idleTimeoutMillis,
        Duration maxLead,
        LearnerSetup learner,
        MemoryConfig memory,
        ServingConfig serving,
        int predictParallelism,
        int chunkBytes)
        implements Serializable {}
