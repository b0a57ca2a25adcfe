package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.DepthBlend;
import freshet.learners.LearnerSnapshot;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Versions that are published between the weights a learner began with and its own. */
class PublicationBlendTest {

    private static final ControlSettings HALF = settings(0.25, 0.5);

    private static ControlSettings settings(double alpha, double beta) {
        return new ControlSettings(
                DecisionLog.Factory.none(), 3, new DepthBlend.Config(alpha, beta));
    }

    private static List<TextRecord> texts() {
        List<TextRecord> texts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            texts.add(SmallText.record("mill", i, 1000 + i, "the water turns the wheel " + i % 7));
        }
        return texts;
    }

    private static List<ModelVersion> published(ControlSettings control) throws Exception {
        try (var branch = new LearnBranch(null, control)) {
            branch.learn(texts());
            return branch.versions();
        }
    }

    @Test
    void whatIsPublishedIsTheBlendOfTheFirstVersionAndTheLearnersOwn() throws Exception {
        List<ModelVersion> own = published(settings(1, 0));
        List<ModelVersion> blended = published(HALF);
        assertThat(blended).hasSameSizeAs(own).hasSizeGreaterThan(2);
        byte[] base = own.get(0).bytes;
        assertThat(blended.get(0).bytes).isEqualTo(base);
        var blend = new DepthBlend(HALF.blend(), SmallText.setup().published().layout());
        for (int i = 1; i < own.size(); i++) {
            assertThat(blended.get(i).bytes)
                    .isEqualTo(
                            Weights.toBytes(
                                    blend.of(
                                            Weights.fromBytes(base),
                                            Weights.fromBytes(own.get(i).bytes))));
            assertThat(blended.get(i).metadata)
                    .containsEntry(DepthBlend.BASE, LearnerSnapshot.sha256(base));
            // The learner itself goes on with its own weights.
            assertThat(
                            Double.compare(
                                    blended.get(i).scoreBitsPerToken, own.get(i).scoreBitsPerToken))
                    .isZero();
        }
    }

    @Test
    void withAlpha1AndBeta0NothingIsChanged() throws Exception {
        assertThat(published(settings(1, 0)))
                .usingRecursiveComparison()
                .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
                .isEqualTo(published(ControlSettings.none()));
    }

    @Test
    void goingOnFromACheckpointTheBaseIsTheSame() throws Exception {
        List<ModelVersion> straight = published(HALF);
        LearnBranch.Checkpoint checkpoint;
        List<ModelVersion> both = new ArrayList<>();
        try (var before = new LearnBranch(null, HALF)) {
            before.learn(texts().subList(0, 11));
            both.addAll(before.versions());
            checkpoint = before.checkpoint();
        }
        try (var after = new LearnBranch(checkpoint, HALF)) {
            after.learn(texts().subList(11, 24));
            both.addAll(after.versions());
        }
        assertThat(both)
                .usingRecursiveComparison()
                .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
                .isEqualTo(straight);
    }

    /** Switched on later, the base is what had been learned until then. */
    @Test
    void aStateWithoutABaseBeginsWithTheWeightsOfNow() throws Exception {
        LearnBranch.Checkpoint checkpoint;
        byte[] first;
        try (var before = new LearnBranch()) {
            before.learn(texts().subList(0, 12));
            checkpoint = before.checkpoint();
            first = before.versions().get(0).bytes;
        }
        try (var after = new LearnBranch(checkpoint, settings(0, 0))) {
            after.learn(texts().subList(12, 24));
            String base = after.versions().get(0).metadata.get(DepthBlend.BASE);
            assertThat(base).isNotNull();
            assertThat(after.versions())
                    .allSatisfy(
                            version ->
                                    assertThat(LearnerSnapshot.sha256(version.bytes))
                                            .isEqualTo(base));
            assertThat(after.versions().get(0).bytes).isNotEqualTo(first);
        }
    }
}
