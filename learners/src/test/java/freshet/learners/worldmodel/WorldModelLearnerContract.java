package freshet.learners.worldmodel;

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
import freshet.learners.worldmodel.WorldModelConfig.InverseInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The world model learner on one engine; each engine extends this. */
public abstract class WorldModelLearnerContract extends OnlineLearnerContract<ExperienceBatch> {

    /** Seed, updates and the number of weights come before the first. */
    private static final int FIRST_WEIGHT = 2 * Long.BYTES + Integer.BYTES;

    protected abstract TensorEngine engine();

    private WorldModelLearner learner(WorldModelConfig model, WorldModelLearningConfig learning) {
        return new WorldModelLearner(engine(), model, learning, Beads.FRAME);
    }

    @Override
    protected OnlineLearner<ExperienceBatch> newLearner(long seed) {
        return learner(Beads.MODEL, Beads.learning(seed));
    }

    @Override
    protected OnlineLearner<ExperienceBatch> brokenLearner() {
        OnlineLearner<ExperienceBatch> learner = newLearner(1);
        learner.restore(withNan(learner.snapshot(), FIRST_WEIGHT));
        return learner;
    }

    @Override
    protected List<ExperienceBatch> batches() {
        return Beads.batches();
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of("/snapshots/v1/world-model.bin", "/snapshots/v2/world-model.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    /** A configuration with a name. */
    record Variant(String name, WorldModelConfig model, WorldModelLearningConfig learning) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Variant variant(String name, LossWeights weights) {
        return new Variant(name, Beads.MODEL, Beads.learning(1, weights, false));
    }

    private static Variant variant(String name, WorldModelConfig model) {
        return new Variant(name, model, Beads.learning(1, Beads.WEIGHTS, false));
    }

    static List<Variant> variants() {
        LossWeights.Contrast source = LossWeights.Contrast.ofSource();
        return List.of(
                variant("moments together", Beads.MODEL),
                variant("contrast off", new LossWeights(source.weighing(0), 0, 1, 1, 0.01, 1)),
                variant("divergence off", new LossWeights(source, 0, 1, 1, 0, 1)),
                variant("inverse off", new LossWeights(source, 0, 1, 0, 0.01, 1)),
                variant(
                        "negatives of the same sequence",
                        new LossWeights(
                                source.against(LossWeights.Negatives.SAME_SEQUENCE),
                                0.5,
                                1,
                                1,
                                0.01,
                                1)),
                variant(
                        "negatives of the others",
                        new LossWeights(
                                source.against(LossWeights.Negatives.OTHER_SEQUENCES),
                                0,
                                1,
                                1,
                                0.01,
                                1)),
                variant(
                        "contrast around the mean",
                        new LossWeights(LossWeights.Contrast.aroundMean(), 0.5, 1, 1, 0.01, 1)),
                variant(
                        "whole kernels",
                        Beads.MODEL.startingAt(WorldModelConfig.InitialKernels.WHOLE)),
                variant("no recurrence", Beads.model(false, InverseInput.STATES, 0)),
                variant("inverse from latents", Beads.model(true, InverseInput.LATENTS, 0)),
                variant("three rewards ahead", Beads.model(true, InverseInput.STATES, 3)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyVariantLearnsAndResumesBitForBit(Variant variant) {
        try (var straight = learner(variant.model(), variant.learning());
                var first = learner(variant.model(), variant.learning());
                var resumed = learner(variant.model(), variant.learning())) {
            for (ExperienceBatch batch : batches()) {
                StepReport report = straight.step(batch);
                assertThat(report.applied()).as(report.refusal()).isTrue();
            }
            batches().subList(0, 3).forEach(first::step);
            resumed.restore(first.snapshot());
            batches().subList(3, 6).forEach(resumed::step);
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
        }
    }

    /** What is learned by one contrast goes on with the other, weight for weight, theta too. */
    @Test
    void aSnapshotOfTheSourcesContrastIsTakenUpAroundTheMean() {
        LossWeights centred = Beads.WEIGHTS.with(LossWeights.Contrast.aroundMean());
        try (var before = newLearner(1);
                var after = learner(Beads.MODEL, Beads.learning(1, centred, true))) {
            assertThat(weights(after)).isNotEqualTo(weights(before)); // theta starts elsewhere
            batches().subList(0, 3).forEach(before::step);
            after.restore(before.snapshot());
            assertThat(weights(after)).isEqualTo(weights(before));
            for (ExperienceBatch batch : batches().subList(3, 6)) {
                StepReport report = after.step(batch);
                assertThat(report.applied()).as(report.refusal()).isTrue();
                before.step(batch);
            }
            assertThat(weights(after)).isNotEqualTo(weights(before));
        }
    }

    /** Replay and all: how long sequences are is nothing that a learner has. */
    @Test
    void aSnapshotIsTakenUpWithLongerSequences() {
        WorldModelLearningConfig five = Beads.learning(1, Beads.WEIGHTS, true);
        WorldModelLearningConfig seven =
                five.with(new WorldModelLearningConfig.Sampling(4, 7, 2, 64 << 10, 0));
        try (var before = learner(Beads.MODEL, five);
                var after = learner(Beads.MODEL, seven)) {
            batches().subList(0, 3).forEach(before::step);
            after.restore(before.snapshot());
            assertThat(after.snapshot().payload()).isEqualTo(before.snapshot().payload());
            for (ExperienceBatch batch : batches().subList(3, 6)) {
                StepReport report = after.step(batch);
                assertThat(report.applied()).as(report.refusal()).isTrue();
                assertThat(report.items()).isPositive();
                before.step(batch);
            }
            assertThat(weights(after)).isNotEqualTo(weights(before));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyVariantServes(Variant variant) {
        try (var learner = learner(variant.model(), variant.learning());
                var actor =
                        new WorldModelActor(
                                engine(), variant.model(), Beads.FRAME, 2, 1, learner.publish())) {
            learner.step(batches().get(0));
            actor.load(learner.publish());
            RobotStep seen = Beads.episode("a", 0, 0, 1).get(0);
            Glimpse glimpse = new Glimpse("a", 0, 0, seen.picture(), seen.felt(), null, true);
            assertThat(actor.act(List.of(glimpse)).get(0).action()[0]).isBetween(-1f, 1f);
        }
    }

    /** Each part that learns does so; the target critics trail behind. */
    @Test
    void oneUpdateMovesEveryPart() {
        var layout = new ModelLayout(Beads.MODEL);
        try (var learner = newLearner(1)) {
            float[] before = weights(learner);
            learner.step(batches().get(0));
            float[] after = weights(learner);
            for (var entry : layout.layout().entries()) {
                if (entry.name().startsWith("target.")) {
                    continue;
                }
                assertThat(part(after, entry.offset(), entry.size()))
                        .as(entry.name())
                        .isNotEqualTo(part(before, entry.offset(), entry.size()));
            }
            int critic = layout.critic().from();
            int target = layout.target().from();
            for (int i = 0; i < layout.critic().size(); i++) {
                double moved = after[critic + i] - before[critic + i];
                // Both started alike; the target goes 5 % of the way.
                assertThat((double) after[target + i] - before[target + i])
                        .isCloseTo(0.05 * moved, within(1e-7));
            }
        }
    }

    private static float[] weights(OnlineLearner<ExperienceBatch> learner) {
        byte[] payload = learner.snapshot().payload();
        int count = new ModelLayout(Beads.MODEL).layout().size();
        return Weights.fromBytes(
                Arrays.copyOfRange(payload, FIRST_WEIGHT, FIRST_WEIGHT + count * Float.BYTES));
    }

    private static float[] part(float[] all, int from, int count) {
        return Arrays.copyOfRange(all, from, from + count);
    }

    /** With the world model's losses off, encoder and posterior learn from the critics alone. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(booleans = {true, false})
    void theCriticsReachTheEncoder(boolean apart) {
        var none = new LossWeights(LossWeights.Contrast.ofSource().weighing(0), 0, 0, 0, 0, 0);
        var layout = new ModelLayout(Beads.MODEL);
        try (var learner = learner(Beads.MODEL, Beads.learning(1, none, apart))) {
            float[] before = weights(learner);
            learner.step(batches().get(0));
            float[] after = weights(learner);
            for (var entry : layout.layout().entries()) {
                boolean onTheWay =
                        entry.name().matches("(encoder|embed|recurrentInput|cell|posterior)\\..*");
                boolean head = entry.name().matches("(prior|decoder|reward|inverse)\\..*|theta");
                if (onTheWay || head) {
                    assertThat(
                                    Arrays.equals(
                                            part(before, entry.offset(), entry.size()),
                                            part(after, entry.offset(), entry.size())))
                            .as(entry.name())
                            .isEqualTo(head);
                }
            }
        }
    }

    @Test
    void nothingIsLearnedBeforeThereIsEnough() {
        WorldModelLearningConfig config = Beads.learning(1);
        var late =
                new WorldModelLearningConfig(
                        config.weights(),
                        new WorldModelLearningConfig.Sampling(4, 5, 2, 64 << 10, 30),
                        config.view(),
                        config.rates(),
                        config.control(),
                        1,
                        1);
        try (var learner = learner(Beads.MODEL, late)) {
            float[] before = weights(learner);
            StepReport report = learner.step(batches().get(0)); // 24 steps
            assertThat(report.applied()).isTrue();
            assertThat(report.items()).isZero();
            assertThat(report.measurements()).contains(Measurement.of("stepsKept", 24));
            assertThat(weights(learner)).isEqualTo(before);
            assertThat(learner.step(batches().get(1)).items()).isEqualTo(24);
            assertThat(weights(learner)).isNotEqualTo(before);
        }
    }

    @Test
    void aStepThatComesTwiceIsTakenOnce() {
        try (var once = learner(Beads.MODEL, Beads.learning(1));
                var twice = learner(Beads.MODEL, Beads.learning(1))) {
            var steps = new ArrayList<>(batches().get(0).steps());
            once.step(new ExperienceBatch(steps));
            steps.addAll(batches().get(0).steps());
            StepReport report = twice.step(new ExperienceBatch(steps));
            assertThat(report.measurements()).contains(Measurement.of("stepsLeftOut", 24));
            assertThat(twice.snapshot().payload()).isEqualTo(once.snapshot().payload());
        }
    }

    @Test
    void aStepThatDoesNotFitIsNamedAndChangesNothing() {
        RobotStep good = batches().get(0).steps().get(0);
        try (var learner = newLearner(1)) {
            String before = learner.snapshot().hash();
            refuses(
                    learner,
                    new RobotStep("a", 3, 7, new byte[80], good.felt(), good.action(), 0),
                    "robot a, episode 3, step 7 has a picture of 80 bytes, expected 81");
            refuses(
                    learner,
                    step(new float[] {Float.NaN, 0}, good.action(), 0),
                    "a proprioception of NaN");
            refuses(
                    learner,
                    step(new float[1], good.action(), 0),
                    "1 numbers of proprioception, expected 2");
            refuses(
                    learner,
                    step(good.felt(), new float[] {1.5f}, 0),
                    "an action of 1.5, must be in [-1, 1]");
            refuses(
                    learner,
                    step(good.felt(), new float[2], 0),
                    "2 dimensions of its action, expected 1");
            refuses(
                    learner,
                    step(good.felt(), good.action(), Float.POSITIVE_INFINITY),
                    "a reward of Infinity");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }

    private static RobotStep step(float[] felt, float[] action, float reward) {
        return new RobotStep("a", 0, 0, new byte[81], felt, action, reward);
    }

    private static void refuses(
            OnlineLearner<ExperienceBatch> learner, RobotStep step, String reason) {
        assertThatThrownBy(() -> learner.step(new ExperienceBatch(List.of(step))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    /** A loss that overflows in the second half of an update undoes the first half too. */
    @Test
    void aRefusalByTheCriticsUndoesTheWorldModelsUpdate() {
        var layout = new ModelLayout(Beads.MODEL);
        try (var learner = newLearner(1)) {
            learner.step(batches().get(0));
            int weight = FIRST_WEIGHT + layout.target().from() * Float.BYTES;
            learner.restore(
                    withNan(learner.snapshot(), weight)); // only the critics' target sees it
            String before = learner.snapshot().hash();
            StepReport report = learner.step(batches().get(1));
            assertThat(report.applied()).isFalse();
            assertThat(report.refusal()).contains("loss is NaN");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }

    /** What a checkpoint keeps when it writes only what has changed. */
    @Test
    void resumesFromASnapshotAndItsSegments() {
        try (var straight = learner(Beads.MODEL, Beads.learning(1));
                var resumed = learner(Beads.MODEL, Beads.learning(1))) {
            var kept = new TreeMap<Long, byte[]>();
            LearnerSnapshot snapshot = null;
            for (ExperienceBatch batch : batches().subList(0, 4)) {
                straight.step(batch);
                kept.putAll(straight.changedSegments());
                kept.keySet().retainAll(straight.segmentNumbers());
                snapshot = straight.snapshotWithoutSegments();
            }
            LearnerSnapshot last = snapshot;
            assertThatThrownBy(() -> resumed.restore(last))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("without the replay's segments");
            resumed.restore(last, kept);
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
            kept.remove(kept.firstKey());
            assertThatThrownBy(() -> resumed.restore(last, kept))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("segment 0 of the replay is missing");
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
        }
    }

    @Test
    void aSnapshotOfOtherMomentsOrFramesIsRefused() {
        try (var apart = learner(Beads.MODEL, Beads.learning(1));
                var together = learner(Beads.MODEL, Beads.learning(1, Beads.WEIGHTS, false))) {
            assertThatThrownBy(() -> together.restore(apart.snapshot()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("separateMoments=true")
                    .hasMessageContaining("separateMoments=false");
        }
    }

    @Test
    void telemetrySaysWhatTheModelKnows() {
        try (var learner = newLearner(1)) {
            StepReport report = learner.step(batches().get(0));
            // 4 sequences of 5 steps, the first of which cannot be foretold
            assertThat(report.measurements())
                    .contains(
                            Measurement.of("contrastChance", 1.0 / 16),
                            Measurement.of("contrastChanceWithin", 1.0 / 4));
            assertThat(report.measurements())
                    .extracting(Measurement::name)
                    .contains(
                            "worldLoss",
                            "contrastNats",
                            "contrastAccuracy",
                            "contrastAccuracyWithin",
                            "sameFrameNats",
                            "rewardLoss",
                            "inverseLoss",
                            "divergenceNats",
                            "latentDeviation",
                            "criticLoss",
                            "worldGradientNorm",
                            "temperature",
                            "stepsKept");
            assertThat(learner.step(batches().get(1)).measurements()).isEmpty(); // every other
        }
    }
}
