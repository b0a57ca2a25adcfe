package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.ModelArtifact;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModel;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.Tokenizer;
import freshet.learners.memory.VocabularyTree;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

/**
 * All that makes one text model's learner and predictors.
 *
 * @param modelName tells models on the same stream apart
 * @param probe text that is not learned, on which every version is measured before it is published
 * @param publishEverySteps updates between two published versions, at least 1
 * @param maxSources sources whose unfinished tail is kept
 * @param telemetry whether steps are reported to the telemetry topic
 * @param start what a learner without state begins with; null: weights drawn from the seed
 */
public record TextSetup(
        String modelName,
        EngineSettings engine,
        LanguageModelConfig model,
        LearningConfig learning,
        ProbeGuard.Config probe,
        int publishEverySteps,
        int maxSources,
        boolean telemetry,
        WarmStart start)
        implements LearnerSetup<TextRecord, TextBatch> {

    /** With weights drawn from the seed. */
    public TextSetup(
            String modelName,
            EngineSettings engine,
            LanguageModelConfig model,
            LearningConfig learning,
            ProbeGuard.Config probe,
            int publishEverySteps,
            int maxSources,
            boolean telemetry) {
        this(
                modelName,
                engine,
                model,
                learning,
                probe,
                publishEverySteps,
                maxSources,
                telemetry,
                null);
    }

    /**
     * @param newStart what a learner without state begins with
     */
    public TextSetup startingFrom(WarmStart newStart) {
        return new TextSetup(
                modelName,
                engine,
                model,
                learning,
                probe,
                publishEverySteps,
                maxSources,
                telemetry,
                newStart);
    }

    @Override
    public PublishedForm published() {
        return new PublishedForm(
                LanguageModel.KIND,
                LanguageModel.ARTIFACT_VERSION,
                configuration(),
                model.layout().build());
    }

    public Tokenizer newTokenizer() {
        return BytePairTokenizer.load();
    }

    @Override
    public String tokenizerHash() {
        return newTokenizer().hash();
    }

    @Override
    public String configuration() {
        return model.fingerprint(tokenizerHash());
    }

    VocabularyTree vocabularyTree() {
        Tokenizer tokenizer = newTokenizer();
        byte[][] entries = new byte[tokenizer.vocabulary()][];
        for (int id = 0; id < entries.length; id++) {
            entries[id] = tokenizer.token(id);
        }
        return VocabularyTree.zipf(entries);
    }

    TensorEngine startEngine() {
        return TensorEngines.start(engine);
    }

    @Override
    public BatchCutter<TextRecord, Batch<TextBatch>> newCutter() {
        return new TextBatches(
                newTokenizer(), new TextBatchCutter(model.segment(), model.window(), maxSources));
    }

    @Override
    public ProbeGuard newLearner() {
        return new ProbeGuard(newUnguarded(), probe);
    }

    /** A learner whose versions nothing measures. */
    LanguageLearner newUnguarded() {
        return new LanguageLearner(startEngine(), model, learning, tokenizerHash());
    }

    @Override
    public OutRecord refused(Batch<TextBatch> batch, String refusal) {
        return DeadLetterRecords.of(batch.content(), newTokenizer(), refusal);
    }

    LanguageModel newModel(ModelArtifact artifact) {
        return new LanguageModel(startEngine(), model, newTokenizer().hash(), artifact);
    }
}
