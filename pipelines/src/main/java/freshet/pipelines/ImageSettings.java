package freshet.pipelines;

import freshet.learners.selftraining.ExampleBatch;
import freshet.operators.ClassScores;
import freshet.operators.ImageObservationDecoder;
import freshet.operators.ImageRecord;
import freshet.operators.ImageSetup;
import freshet.operators.LabelDecoder;
import freshet.operators.LabelSettings;
import freshet.operators.ServingConfig;
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
        implements ModelSettings<ImageRecord, ExampleBatch> {}
