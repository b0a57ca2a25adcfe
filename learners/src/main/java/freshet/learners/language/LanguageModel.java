package freshet.learners.language;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.TensorEngine;

/** Serves. */
public final class LanguageModel implements AutoCloseable {
    public LanguageModel(
            TensorEngine engine,
            LanguageModelConfig model,
            String tokenizerHash,
            ModelArtifact artifact) {}

    public ScoredText score(int[] context, int[] tokens) {
        throw new UnsupportedOperationException("being written");
    }

    public void load(ModelArtifact artifact) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public void close() {}
}
