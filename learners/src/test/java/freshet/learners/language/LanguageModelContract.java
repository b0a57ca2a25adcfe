package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scoring on one engine; each engine extends this. */
public abstract class LanguageModelContract {

    private static final int V = 13;
    private static final int D = 8;
    private static final int C = 3;
    private static final int W = 8;

    protected abstract TensorEngine engine();

    private ModelArtifact learned(int batches) {
        try (var learner =
                new LanguageLearner(
                        engine(),
                        LanguageFixtures.TINY,
                        LanguageFixtures.learning(1, 0),
                        LanguageFixtures.TOKENIZER)) {
            LanguageFixtures.batches().subList(0, batches).forEach(learner::step);
            return learner.publish();
        }
    }

    private LanguageModel model(ModelArtifact artifact) {
        return new LanguageModel(
                engine(), LanguageFixtures.TINY, LanguageFixtures.TOKENIZER, artifact);
    }

    private static float[] row(ScoredText text, int row) {
        return Arrays.copyOfRange(text.logProbabilities(), row * V, (row + 1) * V);
    }

    @Test
    void everyRowIsADistribution() {
        try (var model = model(learned(7))) {
            ScoredText scored = model.score(new int[0], LanguageFixtures.tokens(5, 11));
            assertThat(scored.rows()).isEqualTo(12);
            assertThat(scored.keys()).hasSize(12 * D);
            for (int row = 0; row < scored.rows(); row++) {
                double total = 0;
                for (float value : row(scored, row)) {
                    total += Math.exp(value);
                }
                assertThat(total).isCloseTo(1, within(1e-5));
            }
        }
    }

    @Test
    void aTokenChangesNoRowUpToItsOwn() {
        int[] context = LanguageFixtures.tokens(4, 6);
        int[] tokens = LanguageFixtures.tokens(5, 10);
        try (var model = model(learned(7))) {
            ScoredText scored = model.score(context, tokens);
            for (int changed = 0; changed < tokens.length; changed++) {
                int[] others = tokens.clone();
                others[changed] = (others[changed] + 1) % V;
                ScoredText other = model.score(context, others);
                for (int row = 0; row <= changed; row++) {
                    assertThat(row(other, row)).as("row %d", row).isEqualTo(row(scored, row));
                }
                assertThat(row(other, changed + 1)).isNotEqualTo(row(scored, changed + 1));
            }
        }
    }

    @Test
    void aLongTextIsScoredAsItsPiecesWithTheirContext() {
        int[] tokens = LanguageFixtures.tokens(5, 4 * C + 1);
        try (var model = model(learned(7))) {
            ScoredText whole = model.score(new int[0], tokens);
            for (int first = 0; first < whole.rows(); first += C) {
                int count = Math.min(C, whole.rows() - first);
                int[] before = Arrays.copyOfRange(tokens, 0, first);
                int[] piece = Arrays.copyOfRange(tokens, first, first + count - 1);
                ScoredText scored = model.score(before, piece);
                for (int row = 0; row < count; row++) {
                    assertThat(row(scored, row)).isEqualTo(row(whole, first + row));
                }
            }
        }
    }

    @Test
    void aRowSeesAtLeastTheWindowLessOneSegment() {
        int[] tokens = LanguageFixtures.tokens(5, 2 * C);
        int[] context = LanguageFixtures.tokens(6, 7);
        try (var model = model(learned(7))) {
            ScoredText scored = model.score(context, tokens);
            // W - C = 5: the first row of the first group depends on the fifth token before it.
            int[] changed = context.clone();
            changed[2] = (changed[2] + 1) % V;
            assertThat(row(model.score(changed, tokens), 0)).isNotEqualTo(row(scored, 0));
            // The sixth before it has left that full window.
            int[] further = context.clone();
            further[1] = (further[1] + 1) % V;
            assertThat(row(model.score(further, tokens), 0)).isEqualTo(row(scored, 0));
        }
    }

    @Test
    void anEmptyTextGivesWhatFollowsTheContext() {
        int[] context = LanguageFixtures.tokens(4, 5);
        try (var model = model(learned(7))) {
            ScoredText empty = model.score(context, new int[0]);
            assertThat(empty.rows()).isEqualTo(1);
            ScoredText last = model.score(new int[0], context);
            // Rows 3 to 5 are the last group of the six.
            assertThat(row(empty, 0)).isEqualTo(row(last, 5));
        }
    }

    @Test
    void explainsByTheTokensOfTheLastWindow() {
        int[] context = LanguageFixtures.tokens(4, 6);
        int[] tokens = LanguageFixtures.tokens(5, 3);
        try (var model = model(learned(7))) {
            ScoredText before = model.score(context, tokens);
            float[] shares = rollout(model, context, tokens);
            assertThat(shares).hasSize(W - 1);
            // The last token has, by the residual connection, at least a quarter of itself.
            assertThat(shares[W - 2]).isBetween(0.25f, 1f);
            assertThat(sum(shares)).isBetween(0.5, 1 - 1e-6);
            // A token that has left the window says nothing; one within it does.
            int[] further = context.clone();
            further[1] = (further[1] + 1) % V;
            assertThat(rollout(model, further, tokens)).isEqualTo(shares);
            int[] near = context.clone();
            near[5] = (near[5] + 1) % V;
            assertThat(rollout(model, near, tokens)).isNotEqualTo(shares);
            // A short text has fewer; an empty one only the start symbol. Both leave no trace.
            assertThat(rollout(model, new int[0], tokens)).hasSize(3);
            assertThat(rollout(model, new int[0], new int[0])).isEmpty();
            assertThat(model.score(context, tokens).logProbabilities())
                    .isEqualTo(before.logProbabilities());
        }
    }

    /** Weights that attend to all alike: the shares can be worked out by hand. */
    @Test
    void explainsEvenAttentionAsItsDefinitionSays() {
        ModelArtifact good = learned(1);
        byte[] zeros = new byte[good.bytes().length];
        int[] tokens = LanguageFixtures.tokens(5, 1);
        try (var model = model(with(good, "language", good.configuration(), zeros))) {
            // One head is even, the other loses exp(-0.707) for each position.
            double far = Math.exp(-Math.pow(2, -0.5));
            double toStart = (0.5 + far / (1 + far)) / 2; // row 1 of A
            double kept = 1 - toStart / 2; // row 1 of (A + I) / 2
            var explanation = model.explain(new int[0], tokens, true);
            assertThat(explanation.rollout()[0]).isCloseTo((float) (kept * kept), within(1e-6f));
            // To itself: all that it kept. To the start: by itself and the start, each so narrow.
            double both = kept + 2 * (1 - kept);
            assertThat(explanation.flowTotal()).isCloseTo(both, within(1e-6));
            assertThat(explanation.flow()[0]).isCloseTo((float) (kept / both), within(1e-6f));
        }
    }

    @Test
    void worksOutTheFlowWhereItIsAskedAlone() {
        int[] context = LanguageFixtures.tokens(4, 6);
        int[] tokens = LanguageFixtures.tokens(5, 3);
        try (var model = model(learned(7))) {
            var without = model.explain(context, tokens, false);
            assertThat(without.flow()).isEmpty();
            assertThat(without.flowTotal()).isZero();
            var with = model.explain(context, tokens, true);
            assertThat(with.rollout()).isEqualTo(without.rollout());
            assertThat(with.flow()).hasSize(W - 1);
            // What is carried, could be carried.
            for (int i = 0; i < W - 1; i++) {
                assertThat(with.flow()[i] * with.flowTotal())
                        .isGreaterThan(with.rollout()[i] - 1e-6);
            }
        }
    }

    private static float[] rollout(LanguageModel model, int[] context, int[] tokens) {
        return model.explain(context, tokens, false).rollout();
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    @Test
    void loadSwapsTheWeights() {
        int[] tokens = LanguageFixtures.tokens(5, 4);
        ModelArtifact early = learned(1);
        ModelArtifact late = learned(7);
        try (var model = model(early);
                var fresh = model(late)) {
            ScoredText before = model.score(new int[0], tokens);
            model.load(late);
            ScoredText after = model.score(new int[0], tokens);
            assertThat(after.logProbabilities())
                    .isEqualTo(fresh.score(new int[0], tokens).logProbabilities())
                    .isNotEqualTo(before.logProbabilities());
        }
    }

    @Test
    void refusesWhatItCannotServe() {
        ModelArtifact good = learned(1);
        int[] tokens = LanguageFixtures.tokens(5, 4);
        try (var model = model(good)) {
            ScoredText before = model.score(new int[0], tokens);
            assertThatThrownBy(() -> model.load(with(good, "language", "another", good.bytes())))
                    .hasMessageContaining("another")
                    .hasMessageContaining("vocabulary=13");
            assertThatThrownBy(
                            () ->
                                    model.load(
                                            with(
                                                    good,
                                                    "image",
                                                    good.configuration(),
                                                    good.bytes())))
                    .hasMessageContaining("image");
            assertThatThrownBy(
                            () ->
                                    model.load(
                                            with(
                                                    good,
                                                    "language",
                                                    good.configuration(),
                                                    new byte[4])))
                    .hasMessageContaining("4 bytes");
            assertThatThrownBy(() -> model.score(new int[0], new int[] {V}))
                    .hasMessageContaining("tokens[0] is 13");
            assertThat(model.score(new int[0], tokens).logProbabilities())
                    .isEqualTo(before.logProbabilities());
        }
    }

    private static ModelArtifact with(
            ModelArtifact artifact, String kind, String configuration, byte[] bytes) {
        return new ModelArtifact(kind, artifact.formatVersion(), configuration, 1, Map.of(), bytes);
    }
}
