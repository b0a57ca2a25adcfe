package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnerSnapshot;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.language.TextBatch;
import freshet.learners.tensor.Weights;
import java.util.Arrays;
import java.util.Map;

/**
 * The small text model, but that a batch which begins in a text of the source {@link #POISON} of
 * number {@link #SPOILS} or {@link #THROWS} spoils all weights, or makes the learner fail.
 */
record PoisonedSetup(TextSetup inner) implements LearnerSetup<TextRecord, TextBatch> {

    static final String POISON = "bad";
    static final long SPOILS = 2;
    static final long THROWS = 5;

    @Override
    public String modelName() {
        return inner.modelName();
    }

    @Override
    public int publishEverySteps() {
        return inner.publishEverySteps();
    }

    @Override
    public int maxSources() {
        return inner.maxSources();
    }

    @Override
    public boolean telemetry() {
        return inner.telemetry();
    }

    @Override
    public String configuration() {
        return inner.configuration();
    }

    @Override
    public String tokenizerHash() {
        return inner.tokenizerHash();
    }

    @Override
    public PublishedForm published() {
        return inner.published();
    }

    @Override
    public WarmStart start() {
        return null;
    }

    @Override
    public BatchCutter<TextRecord, Batch<TextBatch>> newCutter() {
        return inner.newCutter();
    }

    @Override
    public OutRecord refused(Batch<TextBatch> batch, String refusal) {
        return inner.refused(batch, refusal);
    }

    @Override
    public OnlineLearner<TextBatch> newLearner() {
        return new Poisoned(inner.newLearner());
    }

    private record Poisoned(OnlineLearner<TextBatch> learner) implements OnlineLearner<TextBatch> {

        @Override
        public StepReport step(TextBatch batch) {
            if (batch.source().equals(POISON)) {
                if (batch.firstSequence() == SPOILS) {
                    ModelArtifact weights = learner.publish();
                    float[] spoilt = Weights.fromBytes(weights.bytes());
                    Arrays.fill(spoilt, Float.NaN);
                    learner.adopt(weights.with(Map.of(), Weights.toBytes(spoilt)));
                } else if (batch.firstSequence() == THROWS) {
                    throw new IllegalStateException("a fault that nobody has thought of");
                }
            }
            return learner.step(batch);
        }

        @Override
        public LearnerSnapshot snapshot() {
            return learner.snapshot();
        }

        @Override
        public void restore(LearnerSnapshot snapshot) {
            learner.restore(snapshot);
        }

        @Override
        public ModelArtifact publish() {
            return learner.publish();
        }

        @Override
        public void adopt(ModelArtifact version) {
            learner.adopt(version);
        }

        @Override
        public void close() {
            learner.close();
        }
    }
}
