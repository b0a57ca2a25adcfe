package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import freshet.learners.ModelArtifact;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.junit.jupiter.api.Test;

/** A learner that begins with weights of another, and one whose settings have changed. */
class WarmStartTest {

    private static final int LEARNED = 120;

    /** Short texts that repeat: a model that knows them loses far less. */
    private static List<TextRecord> texts() {
        List<TextRecord> texts = new ArrayList<>();
        for (int i = 0; i < LEARNED + 40; i++) {
            texts.add(
                    SmallText.record(
                            "mill",
                            i,
                            1000 + i,
                            "the water turns the wheel and runs on over stones " + i * 7 % 11));
        }
        return texts;
    }

    private static ModelVersion last(List<ModelVersion> versions) {
        return versions.get(versions.size() - 1);
    }

    private static TextSetup from(ModelVersion version, long number) {
        return SmallText.setup()
                .startingFrom(
                        new WarmStart(version.artifact(), number, version.trainedThroughMillis));
    }

    /** Bits per token over the first updates on what comes next, each scored before learned. */
    private static double score(TextSetup setup) throws Exception {
        try (var branch = new LearnBranch(null, setup)) {
            branch.learn(texts().subList(LEARNED, LEARNED + 40));
            return branch.versions().get(1).scoreBitsPerToken;
        }
    }

    @Test
    void theFirstVersionIsTheWeightsGivenAndKnowsWhatTheyKnow() throws Exception {
        ModelVersion old;
        double oldScore;
        try (var branch = new LearnBranch()) {
            branch.learn(texts().subList(0, LEARNED));
            old = last(branch.versions());
            branch.learn(texts().subList(LEARNED, LEARNED + 40));
            int next = branch.versions().indexOf(old) + 1;
            oldScore = branch.versions().get(next).scoreBitsPerToken;
        }
        TextSetup setup = from(old, WarmStart.ELSEWHERE);
        ModelVersion first = setup.untrainedVersion();
        assertThat(first.version).isZero();
        assertThat(first.bytes).isEqualTo(old.bytes);
        assertThat(first.trainedThroughMillis).isEqualTo(old.trainedThroughMillis);
        assertThat(first.completeThroughMillis).isEqualTo(-1);
        assertThat(first.metadata)
                .containsEntry(ModelArtifact.WARM_START, old.artifact().checksum());
        double warm = score(setup);
        double random = score(SmallText.setup());
        // Without the old learner's context and replay it is not quite the old one's.
        assertThat(warm).isCloseTo(oldScore, withPercentage(25));
        assertThat(random).isGreaterThan(2 * warm);
    }

    @Test
    void aRecoveryGoesOnFromStateAndStillSaysWhatItBeganWith() throws Exception {
        ModelVersion old = last(LearnBranch.versionsOf(texts().subList(0, 30)));
        List<TextRecord> next = texts().subList(30, 90);
        TextSetup setup = from(old, old.version);
        List<ModelVersion> straight;
        try (var branch = new LearnBranch(null, setup)) {
            branch.learn(next);
            straight = branch.versions();
        }
        assertThat(straight.get(0).version).isEqualTo(old.version + 1);
        assertThat(straight.get(0).parentVersion).isEqualTo(old.version);
        assertThat(straight.get(1).version).isEqualTo(old.version + 5);
        LearnBranch.Checkpoint checkpoint;
        try (var branch = new LearnBranch(null, setup)) {
            branch.learn(next.subList(0, 30));
            checkpoint = branch.checkpoint();
        }
        // Without the option: the state alone says it.
        try (var branch = new LearnBranch(checkpoint, SmallText.setup())) {
            branch.learn(next.subList(30, 60));
            ModelVersion again = last(branch.versions());
            assertThat(again).usingRecursiveComparison().isEqualTo(last(straight));
            assertThat(again.metadata)
                    .containsEntry(ModelArtifact.WARM_START, old.artifact().checksum());
        }
        // And what the option says does not matter to a learner that has state.
        try (var branch = new LearnBranch(checkpoint, from(straight.get(0), 3))) {
            branch.learn(next.subList(30, 60));
            assertThat(last(branch.versions()))
                    .usingRecursiveComparison()
                    .isEqualTo(last(straight));
        }
    }

    @Test
    void weightsOfAnotherConfigurationAreRefused() throws Exception {
        ModelVersion old = last(LearnBranch.versionsOf(texts().subList(0, 10)));
        TextSetup wider =
                setup(model(32), SmallText.setup().learning())
                        .startingFrom(new WarmStart(old.artifact(), 0, -1));
        assertThatThrownBy(() -> new LearnBranch(null, wider))
                .hasMessageContainingAll("width=16", "width=32");
    }

    @Test
    void anotherRateGoesOnFromTheState() throws Exception {
        LearnBranch.Checkpoint checkpoint;
        ModelVersion before;
        try (var branch = new LearnBranch()) {
            branch.learn(texts().subList(0, 60));
            checkpoint = branch.checkpoint();
            before = last(branch.versions());
        }
        LearningConfig old = SmallText.setup().learning();
        LearningConfig slower =
                new LearningConfig(
                        old.rate() / 10,
                        old.beta1(),
                        old.beta2(),
                        old.epsilon(),
                        old.warmUpSteps(),
                        1,
                        old.clipNorm(),
                        old.replayWindows(),
                        old.replayCapacityTokens(),
                        old.activationL2(),
                        old.averageDecay(),
                        old.seed(),
                        old.probeEverySteps(),
                        old.spectraEverySteps(),
                        old.diagnoseEverySteps());
        List<ModelVersion> same = after(checkpoint, SmallText.setup());
        List<ModelVersion> slow = after(checkpoint, setup(SmallText.setup().model(), slower));
        assertThat(slow.get(0).version).isEqualTo(before.version + 4);
        assertThat(slow.get(0).parentVersion).isEqualTo(before.version);
        // Slower by 10 and more: weights move less from one version to the next.
        assertThat(distance(slow.get(0), slow.get(1)))
                .isLessThan(distance(same.get(0), same.get(1)) / 4);
    }

    @Test
    void anotherWidthIsRefusedWithAWordOnWhatToDo() throws Exception {
        LearnBranch.Checkpoint checkpoint;
        try (var branch = new LearnBranch()) {
            branch.learn(texts().subList(0, 20));
            checkpoint = branch.checkpoint();
        }
        assertThatThrownBy(
                        () ->
                                new LearnBranch(
                                        checkpoint, setup(model(32), SmallText.setup().learning())))
                // What Flink looks for before it tries again: the job ends instead.
                .satisfies(
                        refused ->
                                assertThat(
                                                ThrowableClassifier.findThrowableOfThrowableType(
                                                        refused, ThrowableType.NonRecoverableError))
                                        .isPresent())
                .rootCause()
                .hasMessageContainingAll(
                        "width=16", "width=32", "set back", "--folder", "learning.start-from")
                .satisfies(refused -> assertThat(refused.getMessage()).hasLineCount(1));
    }

    /** The versions after a checkpoint. */
    private static List<ModelVersion> after(LearnBranch.Checkpoint checkpoint, TextSetup setup)
            throws Exception {
        try (var branch = new LearnBranch(checkpoint, setup)) {
            branch.learn(texts().subList(60, 90));
            return branch.versions();
        }
    }

    private static double distance(ModelVersion from, ModelVersion to) {
        float[] a = Weights.fromBytes(from.bytes);
        float[] b = Weights.fromBytes(to.bytes);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    private static LanguageModelConfig model(int width) {
        int vocabulary = SmallText.setup().model().vocabulary();
        return new LanguageModelConfig(vocabulary, width, 2, 2, 2, 24, 12, true, true, true, true);
    }

    private static TextSetup setup(LanguageModelConfig model, LearningConfig learning) {
        TextSetup small = SmallText.setup();
        return new TextSetup(
                small.modelName(),
                small.engine(),
                model,
                learning,
                small.probe(),
                small.publishEverySteps(),
                small.maxSources(),
                small.telemetry());
    }
}
