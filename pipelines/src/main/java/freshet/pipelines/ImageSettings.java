package freshet.pipelines;

import freshet.learners.selftraining.ExampleBatch;
import freshet.operators.ClassScores;
import freshet.operators.ImageObservationDecoder;
import freshet.operators.ImageRecord;
import freshet.operators.ImageSetup;
import freshet.operators.LabelDecoder;
import freshet.operators.LabelSettings;
import freshet.operators.ServingConfig;
import freshet.operators.WarmStart;
import java.time.Duration;

/** One image model's pipeline, checked; see {@link ModelSettings}. */
public record ImageSettings(
        ImageObservationDecoder decoder,
        LabelDecoder labelDecoder,
        long allowedDisorderMillis,
        long idleTimeoutMillis,
        Duration maxLead,
        ImageSetup learner,
        LabelSettings labels,
        ClassScores.Config score,
        int scoreEvery,
        ServingConfig serving,
        int predictParallelism,
        int chunkBytes,
        int paceEverySteps)
        implements ModelSettings<ImageRecord, ExampleBatch> {

    /**
     * @param start what a learner without state begins with; null: weights drawn from the seed
     */
    public ImageSettings startingFrom(WarmStart start) {
        return new ImageSettings(
                decoder,
                labelDecoder,
                allowedDisorderMillis,
                idleTimeoutMillis,
                maxLead,
                learner.startingFrom(start),
                labels,
                score,
                scoreEvery,
                serving,
                predictParallelism,
                chunkBytes,
                paceEverySteps);
    }
}
