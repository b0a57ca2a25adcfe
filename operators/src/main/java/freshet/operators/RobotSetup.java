package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.PublicationGuard;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearner;
import freshet.learners.worldmodel.WorldModelLearningConfig;

/**
 * All that makes one world model's learner and actors.
 *
 * @param modelName tells models on the same stream apart
 * @param frame what the robots' cameras deliver
 * @param stepsAnUpdate steps of robots that set off one update, at least 1
 * @param maxLag steps by which a reward may be later than the picture it belongs to, at least 1
 * @param publishEverySteps updates between two published versions, at least 1
 * @param maxSources robots of which state is kept
 * @param acting see {@link ActingConfig}
 * @param telemetry whether steps are reported to the telemetry topic
 * @param start what a learner without state begins with; null: weights drawn from the seed
 */
public record RobotSetup(
        String modelName,
        EngineSettings engine,
        WorldModelConfig model,
        WorldModelLearningConfig learning,
        Frame frame,
        int stepsAnUpdate,
        int maxLag,
        int publishEverySteps,
        int maxSources,
        ActingConfig acting,
        boolean telemetry,
        WarmStart start)
        implements LearnerSetup<RobotRecord, ExperienceBatch> {

    /** With weights drawn from the seed. */
    public RobotSetup(
            String modelName,
            EngineSettings engine,
            WorldModelConfig model,
            WorldModelLearningConfig learning,
            Frame frame,
            int stepsAnUpdate,
            int maxLag,
            int publishEverySteps,
            int maxSources,
            ActingConfig acting,
            boolean telemetry) {
        this(
                modelName,
                engine,
                model,
                learning,
                frame,
                stepsAnUpdate,
                maxLag,
                publishEverySteps,
                maxSources,
                acting,
                telemetry,
                null);
    }

    /**
     * @param newStart what a learner without state begins with
     */
    public RobotSetup startingFrom(WarmStart newStart) {
        return new RobotSetup(
                modelName,
                engine,
                model,
                learning,
                frame,
                stepsAnUpdate,
                maxLag,
                publishEverySteps,
                maxSources,
                acting,
                telemetry,
                newStart);
    }

    @Override
    public PublishedForm published() {
        return new PublishedForm(
                WorldModelActor.KIND,
                WorldModelActor.ARTIFACT_VERSION,
                configuration(),
                WorldModelActor.publishedLayout(model));
    }

    @Override
    public String configuration() {
        return model.fingerprint();
    }

    /** Robots have no tokenizer. */
    @Override
    public String tokenizerHash() {
        return "";
    }

    @Override
    public BatchCutter<RobotRecord, Batch<ExperienceBatch>> newCutter() {
        return new RobotBatches(stepsAnUpdate, maxLag, maxSources);
    }

    @Override
    public OnlineLearner<ExperienceBatch> newLearner() {
        TensorEngine shared = startEngine();
        return new PublicationGuard(
                shared, model, frame, new WorldModelLearner(shared, model, learning, frame));
    }

    @Override
    public OutRecord refused(Batch<ExperienceBatch> batch, String refusal) {
        return DeadLetterRecords.of(batch.recordIds(), batch.eventTimeMillis(), refusal);
    }

    WorldModelActor newActor(ModelArtifact artifact) {
        return new WorldModelActor(
                startEngine(), model, frame, acting.maxBatch(), learning.seed(), artifact);
    }

    private TensorEngine startEngine() {
        return TensorEngines.start(engine);
    }
}
