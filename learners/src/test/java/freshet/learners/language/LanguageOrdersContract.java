package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.Order;
import freshet.learners.StepReport;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the language learner is ordered between two updates, on one engine. */
public abstract class LanguageOrdersContract {

    private static final List<TextBatch> BATCHES = LanguageFixtures.batches();
    private static final double RATE = 0.01;

    protected abstract TensorEngine engine();

    private LanguageLearner learner(LanguageModelConfig model, double averageDecay) {
        return new LanguageLearner(
                engine(),
                model,
                LanguageFixtures.learning(1, 1, averageDecay),
                LanguageFixtures.TOKENIZER);
    }

    private LanguageLearner learner() {
        return learner(LanguageFixtures.TINY, 0);
    }

    private static Order order(String action, String... arguments) {
        var map = new java.util.TreeMap<String, String>();
        for (int i = 0; i < arguments.length; i += 2) {
            map.put(arguments[i], arguments[i + 1]);
        }
        return new Order(action, map);
    }

    private static double value(StepReport report, String name) {
        return report.measurements().stream()
                .filter(measurement -> measurement.name().equals(name))
                .findFirst()
                .orElseThrow()
                .mean();
    }

    private static float[] weights(LanguageLearner learner) {
        return Weights.fromBytes(learner.publish().bytes());
    }

    private static float[] values(float[] weights, LanguageModelConfig model, String name) {
        Layout.Entry entry = model.layout().build().entry(name);
        return java.util.Arrays.copyOfRange(weights, entry.offset(), entry.offset() + entry.size());
    }

    @Test
    void scalesTheRateAndWarmsItUpAgain() {
        try (var learner = learner();
                var plain = learner()) {
            BATCHES.subList(0, 3).forEach(learner::step);
            BATCHES.subList(0, 3).forEach(plain::step);
            Order order = order("scaleLearningRate", "factor", "0.5", "steps", "2");
            assertThat(learner.obey(order, false)).contains("1.0 -> 0.5");
            double[] shares = {0.25, 0.5, 0.5};
            for (int i = 0; i < shares.length; i++) {
                double rate = value(plain.step(BATCHES.get(3 + i)), "learningRate");
                assertThat(value(learner.step(BATCHES.get(3 + i)), "learningRate"))
                        .isCloseTo(shares[i] * rate, within(1e-12));
                if (i == 0) {
                    // Sent again while it is under way: changes nothing.
                    assertThat(learner.obey(order, false)).contains("stays");
                }
            }
        }
    }

    @Test
    void aResetMomentumMovesEachWeightByTheRateAtMost() {
        try (var learner = learner()) {
            BATCHES.subList(0, 5).forEach(learner::step);
            learner.obey(order("resetMomentum"), false);
            float[] before = weights(learner);
            double rate = value(learner.step(BATCHES.get(5)), "learningRate");
            float[] after = weights(learner);
            int moved = 0;
            for (int i = 0; i < before.length; i++) {
                double change = Math.abs((double) after[i] - before[i]);
                // Adam's first update is the rate times the gradient's sign.
                assertThat(change).isLessThan(rate * 1.001);
                moved += change > 0.99 * rate ? 1 : 0;
            }
            assertThat(moved).isGreaterThan(before.length / 2);
        }
    }

    @Test
    void clipsTheScaleOfNormedQueriesAndKeys() {
        try (var learner = learner();
                var plain = learner()) {
            learner.obey(order("clipQueryKey", "threshold", "0.5"), false);
            double greatest = 0;
            StepReport report = plain.step(BATCHES.get(0)); // alone in its batch
            learner.step(BATCHES.get(0));
            for (Measurement measurement : report.measurements()) {
                if (measurement.name().equals("attentionMaxLogit")
                        && measurement.layer() == 1
                        && measurement.head() == 1) {
                    greatest = measurement.max();
                }
            }
            assertThat(greatest).isGreaterThan(0.5);
            String name = "layer1.attentionScale";
            float clipped = values(weights(learner), LanguageFixtures.TINY, name)[1];
            float unclipped = values(weights(plain), LanguageFixtures.TINY, name)[1];
            assertThat((double) clipped).isCloseTo(unclipped * 0.5 / greatest, within(1e-6));
            learner.obey(order("clipQueryKey", "threshold", "0"), false);
        }
    }

    @Test
    void scalesTheLogitsOfOneHeadOnceAndBack() {
        for (boolean reparameterised : new boolean[] {false, true}) {
            try (var learner = learner(LanguageFixtures.PLAIN, 0.5)) {
                BATCHES.subList(0, 3).forEach(learner::step);
                if (reparameterised) {
                    learner.obey(order("reparameterise", "on", "true"), false);
                    learner.step(BATCHES.get(3));
                }
                LearnerSnapshot start = learner.snapshot();
                float[] before = weights(learner);
                learner.obey(
                        order("scaleQueryKey", "factor", "0.25", "layer", "1", "head", "0"), false);
                assertThat(weights(learner)).isEqualTo(before); // the average follows later
                assertThat(learner.snapshot().hash()).isNotEqualTo(start.hash());
                LearnerSnapshot scaled = learner.snapshot();
                double blunter = learner.step(BATCHES.get(4)).loss();
                learner.restore(scaled);
                // Undone by the inverse.
                learner.obey(
                        order("scaleQueryKey", "factor", "4", "layer", "1", "head", "0"), false);
                double loss = learner.step(BATCHES.get(4)).loss();
                learner.restore(start);
                assertThat(loss).isCloseTo(learner.step(BATCHES.get(4)).loss(), within(1e-6));
                assertThat(Math.abs(blunter - loss)).isGreaterThan(1e-6);
            }
        }
    }

    @Test
    void reparameterisesAndFoldsBackWithoutAJump() {
        for (LanguageModelConfig model : List.of(LanguageFixtures.TINY, LanguageFixtures.PLAIN)) {
            try (var learner = learner(model, 0.5)) {
                BATCHES.subList(0, 3).forEach(learner::step);
                LearnerSnapshot plain = learner.snapshot();
                byte[] published = learner.publish().bytes();
                double before = learner.step(BATCHES.get(3)).loss();

                learner.restore(plain);
                assertThat(learner.obey(order("reparameterise", "on", "true"), false))
                        .contains("layer 0 off -> on, layer 1 off -> on");
                assertThat(learner.publish().bytes()).isEqualTo(published);
                assertThat(learner.step(BATCHES.get(3)).loss()).isCloseTo(before, within(1e-6));

                // Gammas and sigmas have gone apart.
                BATCHES.subList(4, 6).forEach(learner::step);
                LearnerSnapshot reparameterised = learner.snapshot();
                byte[] folded = learner.publish().bytes();
                double with = learner.step(BATCHES.get(6)).loss();

                learner.restore(reparameterised);
                learner.obey(order("reparameterise", "on", "false"), false);
                assertThat(learner.publish().bytes()).isEqualTo(folded);
                assertThat(learner.step(BATCHES.get(6)).loss()).isCloseTo(with, within(1e-6));
            }
        }
    }

    @Test
    void publishesWhatAReparameterisedLearnerScoresBy() {
        TextBatch batch = BATCHES.get(5);
        try (var learner = learner()) {
            BATCHES.subList(0, 3).forEach(learner::step);
            learner.obey(order("reparameterise", "on", "true", "layer", "1"), false);
            BATCHES.subList(3, 5).forEach(learner::step);
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
                assertThat(learner.step(batch).lossBeforeLearning()).isCloseTo(loss, within(1e-5));
            }
        }
    }

    @Test
    void refusesToReparameteriseAMatrixOfZeros() {
        try (var learner = learner()) { // attentionOutput starts at 0
            LearnerSnapshot before = learner.snapshot();
            assertThatThrownBy(() -> learner.obey(order("reparameterise", "on", "true"), true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layer0.attentionOutput");
            assertThat(learner.snapshot()).isEqualTo(before);
        }
    }

    @Test
    void refusesAGradientAboveTheLimitAndStaysAsItWas() {
        try (var learner = learner()) {
            learner.obey(order("limitGradient", "factor", "0.001"), false);
            for (int i = 0; i < 20; i++) { // the median needs so many
                assertThat(learner.step(BATCHES.get(i % BATCHES.size())).applied()).isTrue();
            }
            String before = learner.snapshot().hash();
            StepReport report = learner.step(BATCHES.get(0));
            assertThat(report.applied()).isFalse();
            assertThat(report.refusal()).contains("gradient", "step 21", "limit");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
            learner.obey(order("limitGradient", "factor", "0"), false);
            assertThat(learner.step(BATCHES.get(0)).applied()).isTrue();
        }
    }

    @Test
    void adoptsAPublishedVersion() {
        try (var learner = learner(LanguageFixtures.TINY, 0.5)) {
            BATCHES.subList(0, 4).forEach(learner::step);
            ModelArtifact good = learner.publish();
            learner.obey(order("reparameterise", "on", "true", "layer", "0"), false);
            BATCHES.subList(4, 7).forEach(learner::step);
            learner.adopt(good);
            assertThat(learner.publish().bytes()).isEqualTo(good.bytes());
            assertThat(learner.publish().step()).isEqualTo(7);
            // The warm-up of 2 updates has begun again.
            double decayed = RATE / (1 + 0.1 * 7 / 1000);
            assertThat(value(learner.step(BATCHES.get(0)), "learningRate"))
                    .isCloseTo(decayed / 2, within(1e-9));

            var other = new ModelArtifact(good.kind(), 1, "other", 1, Map.of(), good.bytes());
            LearnerSnapshot before = learner.snapshot();
            assertThatThrownBy(() -> learner.adopt(other))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(learner.snapshot()).isEqualTo(before);
        }
    }

    @Test
    void resumingAmidOrdersEqualsNeverStopping() {
        for (int stop = 0; stop <= BATCHES.size(); stop++) {
            try (var straight = learner();
                    var first = learner();
                    var resumed = learner()) {
                run(straight, 0, BATCHES.size());
                run(first, 0, stop);
                resumed.restore(LearnerSnapshot.fromBytes(first.snapshot().toBytes()));
                run(resumed, stop, BATCHES.size());
                assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
            }
        }
    }

    /** Orders come between the updates: before those from 2 on. */
    private static void run(LanguageLearner learner, int from, int to) {
        List<Order> orders =
                List.of(
                        order("scaleLearningRate", "factor", "0.3", "steps", "4"),
                        order("reparameterise", "on", "true", "layer", "1"),
                        order("clipQueryKey", "threshold", "0.2"),
                        order("limitGradient", "factor", "50"),
                        order("resetMomentum"));
        for (int i = from; i < to; i++) {
            if (i >= 2 && i - 2 < orders.size()) {
                learner.obey(orders.get(i - 2), false);
            }
            assertThat(learner.step(BATCHES.get(i)).applied()).isTrue();
        }
    }

    @Test
    void aDryRunSaysWhatWouldChangeAndChangesNothing() {
        try (var learner = learner()) {
            BATCHES.subList(0, 3).forEach(learner::step);
            String before = learner.snapshot().hash();
            assertThat(learner.obey(order("scaleLearningRate", "factor", "0.5"), true))
                    .isEqualTo("scale of the learning rate 1.0 -> 0.5");
            assertThat(learner.obey(order("resetMomentum"), true))
                    .isEqualTo("moments of 3 updates -> 0");
            assertThat(learner.obey(order("clipQueryKey", "threshold", "30"), true))
                    .isEqualTo("threshold of the query-key clip 0.0 -> 30.0");
            assertThat(learner.obey(order("scaleQueryKey", "factor", "0.5", "head", "1"), true))
                    .isEqualTo("attention logits times 0.5: layer 0 head 1, layer 1 head 1");
            assertThat(learner.obey(order("reparameterise", "on", "true", "layer", "1"), true))
                    .isEqualTo("sigmaReparam: layer 1 off -> on");
            assertThat(learner.obey(order("limitGradient", "factor", "4"), true))
                    .isEqualTo("factor of the gradient limit 0.0 -> 4.0");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }

    @Test
    void saysWhyAnOrderIsNotObeyed() {
        try (var learner = learner()) {
            String before = learner.snapshot().hash();
            assertThatThrownBy(() -> learner.obey(order("dance"), false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dance")
                    .hasMessageContaining("clipQueryKey");
            assertThatThrownBy(() -> learner.obey(order("scaleLearningRate"), false))
                    .hasMessage("scaleLearningRate needs factor");
            assertThatThrownBy(() -> learner.obey(order("scaleLearningRate", "factor", "0"), false))
                    .hasMessageContaining(
                            "factor of scaleLearningRate is 0, must be in [1.0E-6, 1000.0]");
            assertThatThrownBy(() -> learner.obey(order("reparameterise", "on", "yes"), false))
                    .hasMessageContaining("must be true or false");
            assertThatThrownBy(
                            () ->
                                    learner.obey(
                                            order("scaleQueryKey", "factor", "1", "layer", "2"),
                                            false))
                    .hasMessageContaining("layer of scaleQueryKey is 2, must be in [0, 1]");
            assertThatThrownBy(() -> learner.obey(order("resetMomentum", "now", "1"), false))
                    .hasMessageContaining("takes no now");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }
}
