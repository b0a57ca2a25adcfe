package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.OnlineLearner;
import freshet.learners.OnlineLearnerContract;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The language learner on one engine; each engine extends this. */
public abstract class LanguageLearnerContract extends OnlineLearnerContract<TextBatch> {

    /** Seed, random numbers drawn and number of weights come before the first weight. */
    private static final int FIRST_WEIGHT = 2 * Long.BYTES + Integer.BYTES;

    protected abstract TensorEngine engine();

    @Override
    protected OnlineLearner<TextBatch> newLearner(long seed) {
        return learner(seed, 2);
    }

    private LanguageLearner learner(long seed, int probeEverySteps) {
        return learner(LanguageFixtures.learning(seed, probeEverySteps));
    }

    private LanguageLearner learner(LearningConfig learning) {
        return new LanguageLearner(
                engine(), LanguageFixtures.TINY, learning, LanguageFixtures.TOKENIZER);
    }

    /** A learner that publishes its newest weights, not their average. */
    private LanguageLearner unaveraged() {
        return learner(LanguageFixtures.learning(1, 0, 0));
    }

    @Override
    protected OnlineLearner<TextBatch> brokenLearner() {
        var learner = learner(1, 2);
        learner.restore(withNan(learner.snapshot(), FIRST_WEIGHT));
        return learner;
    }

    @Override
    protected List<TextBatch> batches() {
        return LanguageFixtures.batches();
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of(
                "/snapshots/v1/language.bin",
                "/snapshots/v2/language.bin",
                "/snapshots/v3/language.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    @Test
    void telemetryDoesNotChangeWhatIsLearned() {
        try (var watched = learner(1, 1);
                var alone = learner(1, 0)) {
            for (TextBatch batch : batches()) {
                assertThat(watched.step(batch).measurements()).isNotEmpty();
                assertThat(alone.step(batch).measurements()).isEmpty();
            }
            assertThat(watched.publish().checksum()).isEqualTo(alone.publish().checksum());
        }
    }

    /** Also after a restart, which has only the replay store to know it from. */
    @Test
    void tellsHowMuchOfATextCameBefore() {
        var model = new LanguageModelConfig(13, 8, 2, 2, 2, 32, 16, true, true, true, true);
        int threeWindows = 48;
        var learning =
                new LearningConfig(
                        0.01, 0.9, 0.99, 1e-8, 2, 0.1, 1, 1, threeWindows, 0, 0.5, 1, 1, 1, 0);
        try (var learner =
                        new LanguageLearner(engine(), model, learning, LanguageFixtures.TOKENIZER);
                var restarted =
                        new LanguageLearner(
                                engine(), model, learning, LanguageFixtures.TOKENIZER)) {
            List<TextBatch> texts = new ArrayList<>();
            for (int seed : new int[] {1, 2, 1, 3, 4, 5, 1}) {
                int[] tokens = LanguageFixtures.tokens(seed, 16);
                texts.add(new TextBatch("source", 0, 0, 0, new int[0], tokens));
            }
            List<Double> shares = new ArrayList<>();
            for (TextBatch text : texts) {
                restarted.restore(learner.snapshot());
                shares.add(repeatedShare(learner.step(text)));
                assertThat(repeatedShare(restarted.step(text)))
                        .isEqualTo(shares.get(shares.size() - 1));
            }
            // The last one came four windows before.
            assertThat(shares).containsExactly(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0);
        }
    }

    private static double repeatedShare(StepReport report) {
        return report.measurements().stream()
                .filter(one -> one.name().equals("repeatedNgramShare"))
                .mapToDouble(Measurement::mean)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void scoresNewTokensAsAModelServedBeforeThem() {
        TextBatch batch = batches().get(3);
        try (var learner = unaveraged()) {
            batches().subList(0, 3).forEach(learner::step);
            try (var model =
                    new LanguageModel(
                            engine(),
                            LanguageFixtures.TINY,
                            LanguageFixtures.TOKENIZER,
                            learner.publish())) {
                ScoredText scored = model.score(batch.context(), batch.tokens());
                double loss = 0;
                for (int i = 0; i < batch.tokens().length; i++) {
                    loss -= scored.logProbabilities()[i * 13 + batch.tokens()[i]];
                }
                StepReport report = learner.step(batch);
                assertThat(report.items()).isEqualTo(3);
                // Sums of a few logarithms in 32-bit floats.
                assertThat(report.lossBeforeLearning()).isCloseTo(loss, within(1e-5));
            }
        }
    }

    @Test
    void publishesTheRunningAverageOfItsWeights() {
        try (var newest = unaveraged();
                var averaged = learner(1, 0)) {
            float[] average = Weights.fromBytes(newest.publish().bytes());
            for (int step = 1; step <= batches().size(); step++) {
                newest.step(batches().get(step - 1));
                averaged.step(batches().get(step - 1));
                float[] weights = Weights.fromBytes(newest.publish().bytes());
                // 1/10, 2/11, 3/12, ... up to 0.5 stays of the average
                float share = (float) (1 - Math.min(0.5, step / (step + 9.0)));
                for (int i = 0; i < average.length; i++) {
                    average[i] += share * (weights[i] - average[i]);
                }
            }
            assertThat(Weights.fromBytes(averaged.publish().bytes())).containsExactly(average);
        }
    }

    @Test
    void startsTheAverageOfASnapshotOfFormat1FromItsWeights() {
        LearnerSnapshot old = snapshot("/snapshots/v1/language.bin");
        try (var learner = learner(2, 0)) {
            learner.restore(adopted(old));
            byte[] published = learner.publish().bytes();
            assertThat(published)
                    .isEqualTo(
                            Arrays.copyOfRange(
                                    old.payload(), FIRST_WEIGHT, FIRST_WEIGHT + published.length));
        }
    }

    @Test
    void measuresAttentionWithinItsBounds() {
        try (var learner = learner(1, 1)) {
            for (TextBatch batch : batches()) {
                List<Measurement> measurements = learner.step(batch).measurements();
                int rows = batch.context().length + batch.tokens().length - 1;
                for (Measurement measurement : measurements) {
                    switch (measurement.name()) {
                        case "attentionEntropyNats" -> {
                            assertThat(measurement.count()).isEqualTo(rows);
                            assertThat(measurement.min()).isBetween(-1e-5, Math.log(8) + 1e-5);
                        }
                        case "attentionEntropyNormalised" ->
                                assertThat(measurement.max()).isBetween(-1e-5, 1 + 1e-5);
                        case "attentionDistance" -> {
                            assertThat(measurement.count()).isEqualTo(rows + 1);
                            assertThat(measurement.min()).isZero(); // the first row
                            assertThat(measurement.max()).isBetween(0.0, rows + 1e-5);
                        }
                        // Of 8 values the greatest is at least, and at most root 8 times, the RMS.
                        case "streamOutlier" -> {
                            assertThat(measurement.min()).isGreaterThan(1 - 1e-4);
                            assertThat(measurement.max()).isLessThan(Math.sqrt(8) + 1e-4);
                        }
                        case "embeddingEffectiveRank" ->
                                assertThat(measurement.sum()).isBetween(1.0, 8.0);
                        // The bound holds for every row; 32-bit logits round.
                        case "attentionEntropySlackNats" ->
                                assertThat(measurement.min()).isGreaterThan(-1e-4);
                        default -> assertThat(measurement.sum()).isFinite();
                    }
                }
                assertThat(measurements)
                        .filteredOn(m -> m.name().equals("attentionEntropyNats"))
                        .hasSize(4); // 2 layers of 2 heads
                assertThat(measurements)
                        .extracting(Measurement::name)
                        .contains(
                                "lossNats",
                                "gradientNorm",
                                "clipped",
                                "updateWeightRatio",
                                "attentionEntropyBoundNats",
                                "attentionMaxLogit",
                                "learningRate",
                                "logZ",
                                "outputMaxLogit",
                                "gradientOverDeviation",
                                "queryKeySpectralNorm",
                                "streamRms",
                                "attentionPart",
                                "feedForwardPart",
                                "embeddingEffectiveRank",
                                "spectralNormEmbedding",
                                "spectralNormQueryKeyValue");
            }
        }
    }

    @Test
    void refusesASnapshotOfAnotherConfigurationOrEngine() {
        try (var learner = learner(1, 0);
                var plain =
                        new LanguageLearner(
                                engine(),
                                LanguageFixtures.PLAIN,
                                LanguageFixtures.learning(1, 0),
                                LanguageFixtures.TOKENIZER)) {
            assertThatThrownBy(() -> learner.restore(plain.snapshot()))
                    .hasMessageContaining("tokenShift=false")
                    .hasMessageContaining("tokenShift=true");

            LearnerSnapshot own = learner.snapshot();
            var metadata = new TreeMap<>(own.metadata());
            metadata.put("engine.threads", "77");
            var elsewhere =
                    new LearnerSnapshot(
                            own.kind(), own.formatVersion(), own.step(), metadata, own.payload());
            assertThatThrownBy(() -> learner.restore(elsewhere))
                    .hasMessageContaining("engine.threads = 77");
            learner.restore(adopted(elsewhere));
            assertThat(learner.snapshot()).isEqualTo(own);
        }
    }

    @Test
    void refusesABatchThatDoesNotFitTheModel() {
        try (var learner = learner(1, 0)) {
            String before = learner.snapshot().hash();
            assertThatThrownBy(() -> learner.step(batch(new int[6], new int[3])))
                    .hasMessageContaining("6 tokens of context");
            assertThatThrownBy(() -> learner.step(batch(new int[0], new int[] {1, 13})))
                    .hasMessageContaining("tokens[1] is 13");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }

    private static TextBatch batch(int[] context, int[] tokens) {
        return new TextBatch("source", 0, 0, 0, context, tokens);
    }
}
