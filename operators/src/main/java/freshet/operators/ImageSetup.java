package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.selftraining.Augmentation;
import freshet.learners.selftraining.CanaryGuard;
import freshet.learners.selftraining.Classifier;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.LayeredNetwork;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

/**
 * All that makes one image model's learner and predictors.
 *
 * @param modelName tells models on the same stream apart
 * @param augmentation of labelled images before they are learned
 * @param canary judges what is published, by labelled images of {@code canarySource}
 * @param canarySource source of images that are never learned; empty for none
 * @param batch examples of an update, at least 1
 * @param publishEverySteps updates between two published versions, at least 1
 * @param maxSources sources whose last sequence number is kept
 * @param telemetry whether steps are reported to the telemetry topic
 * @param start what a learner without state begins with; null: weights drawn from the seed
 */
public record ImageSetup(
        String modelName,
        EngineSettings engine,
        LayeredNetwork network,
        SelfTrainingConfig learning,
        Augmentation augmentation,
        CanaryGuard.Config canary,
        String canarySource,
        int batch,
        int publishEverySteps,
        int maxSources,
        boolean telemetry,
        WarmStart start)
        implements LearnerSetup<ImageRecord, ExampleBatch> {

    /**
     * Eight cost little more than one (0.56 and 0.42 ms of processor as shipped), and a pass of
     * more is hardly cheaper for each.
     */
    static final int IMAGES_A_PASS = 8;

    /** With weights drawn from the seed. */
    public ImageSetup(
            String modelName,
            EngineSettings engine,
            LayeredNetwork network,
            SelfTrainingConfig learning,
            Augmentation augmentation,
            CanaryGuard.Config canary,
            String canarySource,
            int batch,
            int publishEverySteps,
            int maxSources,
            boolean telemetry) {
        this(
                modelName,
                engine,
                network,
                learning,
                augmentation,
                canary,
                canarySource,
                batch,
                publishEverySteps,
                maxSources,
                telemetry,
                null);
    }

    /**
     * @param newStart what a learner without state begins with
     */
    public ImageSetup startingFrom(WarmStart newStart) {
        return new ImageSetup(
                modelName,
                engine,
                network,
                learning,
                augmentation,
                canary,
                canarySource,
                batch,
                publishEverySteps,
                maxSources,
                telemetry,
                newStart);
    }

    @Override
    public PublishedForm published() {
        return new PublishedForm(
                Classifier.KIND,
                Classifier.ARTIFACT_VERSION,
                configuration(),
                network.layout().build());
    }

    @Override
    public String configuration() {
        return network.fingerprint();
    }

    /** Images have no tokenizer. */
    @Override
    public String tokenizerHash() {
        return "";
    }

    @Override
    public BatchCutter<ImageRecord, Batch<ExampleBatch>> newCutter() {
        return new ImageBatches(batch, canarySource);
    }

    @Override
    public OnlineLearner<ExampleBatch> newLearner() {
        TensorEngine shared = startEngine();
        return new CanaryGuard(
                shared,
                network,
                new SelfTrainingLearner(shared, network, learning, augmentation),
                canary);
    }

    @Override
    public OutRecord refused(Batch<ExampleBatch> batch, String refusal) {
        return DeadLetterRecords.of(batch.recordIds(), batch.eventTimeMillis(), refusal);
    }

    /** One image at a time: none waits for another, and its answer depends on no other. */
    Classifier newClassifier(ModelArtifact artifact) {
        return new Classifier(startEngine(), network, IMAGES_A_PASS, artifact);
    }

    private TensorEngine startEngine() {
        return TensorEngines.start(engine);
    }
}
