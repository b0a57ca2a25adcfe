package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModel;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.language.Tokenizer;
import freshet.learners.memory.VocabularyTree;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.io.Serializable;

/**
 * All that makes one model's learner and predictors; travels with the job graph, so that models and
 * engines are made on the worker.
 *
 * @param modelName tells models on the same stream apart
 * @param publishEverySteps updates between two published versions, at least 1
 * @param maxSources sources whose unfinished tail is kept
 * @param telemetry whether steps are reported to the telemetry topic
 */
public record LearnerSetup(
        String modelName,
        String engine,
        int engineThreads,
        LanguageModelConfig model,
        LearningConfig learning,
        int publishEverySteps,
        int maxSources,
        boolean telemetry)
        implements Serializable {

    public Tokenizer newTokenizer() {
        return BytePairTokenizer.load();
    }

    String tokenizerHash() {
        return newTokenizer().hash();
    }

    /** Fingerprint that a model version must carry to be served here. */
    String configuration() {
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
        return TensorEngines.start(engine, engineThreads);
    }

    BatchCutter<TokenizedText, TextBatch> newCutter() {
        return new TextBatchCutter(model.segment(), model.window(), maxSources);
    }

    OnlineLearner<TextBatch> newLearner() {
        return new LanguageLearner(startEngine(), model, learning, newTokenizer().hash());
    }

    /** The version before the first update: the same weights everywhere, drawn from the seed. */
    ModelVersion untrainedVersion() {
        try (OnlineLearner<TextBatch> learner = newLearner()) {
            return new PublishingSchedule(publishEverySteps).untrained(this, learner);
        }
    }

    LanguageModel newModel(ModelArtifact artifact) {
        return new LanguageModel(startEngine(), model, newTokenizer().hash(), artifact);
    }
}
