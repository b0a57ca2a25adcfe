package freshet.pipelines;

import freshet.learners.language.TextBatch;
import freshet.learners.memory.MemoryConfig;
import freshet.operators.ServingConfig;
import freshet.operators.TextDecoder;
import freshet.operators.TextRecord;
import freshet.operators.TextSetup;
import freshet.operators.WarmStart;
import java.time.Duration;

/** One text model's pipeline, checked; see {@link ModelSettings}. */
public record TextSettings(
        TextDecoder decoder,
        long allowedDisorderMillis,
        long idleTimeoutMillis,
        Duration maxLead,
        TextSetup learner,
        MemoryConfig memory,
        ServingConfig serving,
        int predictParallelism,
        int chunkBytes,
        int paceEverySteps)
        implements ModelSettings<TextRecord, TextBatch> {

    /**
     * @param start what a learner without state begins with; null: weights drawn from the seed
     */
    public TextSettings startingFrom(WarmStart start) {
        return new TextSettings(
                decoder,
                allowedDisorderMillis,
                idleTimeoutMillis,
                maxLead,
                learner.startingFrom(start),
                memory,
                serving,
                predictParallelism,
                chunkBytes,
                paceEverySteps);
    }
}
