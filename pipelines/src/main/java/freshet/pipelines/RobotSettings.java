package freshet.pipelines;

import freshet.learners.worldmodel.ExperienceBatch;
import freshet.operators.RobotObservationDecoder;
import freshet.operators.RobotRecord;
import freshet.operators.RobotSetup;
import freshet.operators.ServingConfig;
import freshet.operators.WarmStart;
import java.time.Duration;

/** One world model's pipeline, checked; see {@link ModelSettings}. */
public record RobotSettings(
        RobotObservationDecoder decoder,
        long allowedDisorderMillis,
        long idleTimeoutMillis,
        Duration maxLead,
        RobotSetup learner,
        ServingConfig serving,
        int predictParallelism,
        int chunkBytes,
        int paceEverySteps)
        implements ModelSettings<RobotRecord, ExperienceBatch> {

    /**
     * @param start what a learner without state begins with; null: weights drawn from the seed
     */
    public RobotSettings startingFrom(WarmStart start) {
        return new RobotSettings(
                decoder,
                allowedDisorderMillis,
                idleTimeoutMillis,
                maxLead,
                learner.startingFrom(start),
                serving,
                predictParallelism,
                chunkBytes,
                paceEverySteps);
    }
}
