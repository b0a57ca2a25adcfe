package freshet.learners.language;

import freshet.learners.LearnerSnapshot;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;

/** Learns. */
public final class LanguageLearner implements OnlineLearner<TextBatch> {
    public LanguageLearner(
            TensorEngine engine,
            LanguageModelConfig model,
            LearningConfig learning,
            String tokenizerHash) {}

    @Override
    public StepReport step(TextBatch batch) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public LearnerSnapshot snapshot() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void restore(LearnerSnapshot snapshot) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public ModelArtifact publish() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void close() {}
}
