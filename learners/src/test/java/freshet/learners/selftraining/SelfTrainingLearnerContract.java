package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.OnlineLearner;
import freshet.learners.OnlineLearnerContract;
import freshet.learners.StepReport;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.selftraining.SelfTrainingConfig.Guard;
import freshet.learners.selftraining.SelfTrainingConfig.Method;
import freshet.learners.selftraining.SelfTrainingConfig.Mixing;
import freshet.learners.selftraining.SelfTrainingConfig.Rates;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.ShiftScaleTurn;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The self-training learner on one engine; each engine extends this. */
public abstract class SelfTrainingLearnerContract extends OnlineLearnerContract<ExampleBatch> {

    /** Two longs, a boolean, four longs and the number of weights come before the first. */
    private static final int FIRST_WEIGHT = 6 * Long.BYTES + 1 + Integer.BYTES;

    /** Draws at every step: weights, pairs, source examples; two layers in turn; source loss. */
    private static final Method EVERYTHING =
            new Method(
                    Mixing.BETA, 20, List.of(1, 0, 2), Alignment.LABEL, 0.5, 0.3, 0.5, 0.1, true);

    /** All detectors, quick to be alarmed, from the second target batch on. */
    private static final Drift WATCHING = new Drift(0.5, 0, 0.5, 0.3, 9, 3, 2, 6, true, 0);

    protected abstract TensorEngine engine();

    @Override
    protected OnlineLearner<ExampleBatch> newLearner(long seed) {
        return learner(watching(Blobs.config(EVERYTHING, seed), WATCHING));
    }

    private static SelfTrainingConfig watching(SelfTrainingConfig config, Drift drift) {
        return new SelfTrainingConfig(
                config.source(),
                config.method(),
                config.rates(),
                config.guard(),
                config.reservoirPerClass(),
                config.seed(),
                drift);
    }

    private SelfTrainingLearner learner(Method method, long seed) {
        return learner(Blobs.config(method, seed));
    }

    private SelfTrainingLearner learner(SelfTrainingConfig config) {
        return new SelfTrainingLearner(
                engine(), Blobs.NETWORK, config, new ShiftScaleTurn(12, 12, 1, 0.1, 0));
    }

    private static SelfTrainingConfig with(SelfTrainingConfig config, Rates rates, Guard guard) {
        return new SelfTrainingConfig(
                config.source(),
                config.method(),
                rates,
                guard,
                config.reservoirPerClass(),
                config.seed());
    }

    @Override
    protected OnlineLearner<ExampleBatch> brokenLearner() {
        return broken(learner(EVERYTHING, 1));
    }

    /** Puts NaN in the place of the student's first weight. */
    private static SelfTrainingLearner broken(SelfTrainingLearner learner) {
        learner.restore(withNan(learner.snapshot(), FIRST_WEIGHT));
        return learner;
    }

    @Override
    protected List<ExampleBatch> batches() {
        return Blobs.batches();
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of(
                "/snapshots/v1/classifier.bin",
                "/snapshots/v2/classifier.bin",
                "/snapshots/v3/classifier.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    static List<Method> methods() {
        return List.of(
                Method.gift(20),
                Method.selfTraining(),
                Method.balancedSelfTraining(),
                new Method(Mixing.LINEAR, 20, List.of(3), Alignment.RANDOM, 0, 0, 0, 0, false),
                new Method(Mixing.TARGET_ONLY, 1, List.of(1), Alignment.NONE, 0, 0, 0, 0, true));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodResumesBitForBit(Method method) {
        try (var straight = learner(method, 1);
                var first = learner(method, 1);
                var resumed = learner(method, 1)) {
            batches().forEach(straight::step);
            batches().subList(0, 4).forEach(first::step);
            resumed.restore(first.snapshot());
            batches().subList(4, batches().size()).forEach(resumed::step);
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aTargetBatchThatIsNotFiniteIsRefusedByEveryMethod(Method method) {
        try (var learner = learner(method, 1)) {
            batches().subList(0, 3).forEach(learner::step);
            ExampleBatch poisoned = Blobs.target(9);
            poisoned.examples()[70] = Float.NaN;
            refuses(learner, poisoned);
            broken(learner);
            refuses(learner, Blobs.target(9));
        }
    }

    private static void refuses(SelfTrainingLearner learner, ExampleBatch batch) {
        String before = learner.snapshot().hash();
        StepReport report = learner.step(batch);
        assertThat(report.applied()).isFalse();
        assertThat(report.refusal()).contains("step 4");
        assertThat(learner.snapshot().hash()).isEqualTo(before);
    }

    @Test
    void aTargetBatchBeforeAnySourceIsRefusedWhereItNeedsOne() {
        try (var gift = learner(Method.gift(20), 1);
                var plain = learner(Method.selfTraining(), 1)) {
            assertThat(gift.step(Blobs.target(1)).refusal()).contains("no source example");
            assertThat(plain.step(Blobs.target(1)).applied()).isTrue();
        }
    }

    /** At weight 0 a pair is its source example: the student learns the teacher's view of those. */
    @Test
    void theFirstStepOfGiftLearnsFromTheSourceAlone() {
        Method slow = Method.gift(1_000_000_000);
        try (var one = learner(slow, 1);
                var other = learner(slow, 1)) {
            for (int i = 0; i < 2; i++) {
                one.step(batches().get(i));
                other.step(batches().get(i));
            }
            double oneLoss = one.step(Blobs.target(3)).loss();
            assertThat(other.step(Blobs.target(77)).loss()).isEqualTo(oneLoss);
        }
    }

    @Test
    void blocksBeforeTheInterpolatedLayerAreLeftAlone() {
        int head = Blobs.NETWORK.layout().build().entry("block1.kernel").offset();
        var method =
                new Method(Mixing.LINEAR, 20, List.of(1), Alignment.LABEL, 0, 0.3, 0, 0, false);
        try (var learner = learner(method, 1)) {
            batches().subList(0, 2).forEach(learner::step);
            float[] before = weights(learner);
            learner.step(Blobs.target(3));
            float[] after = weights(learner);
            assertThat(Arrays.copyOf(after, head)).containsExactly(Arrays.copyOf(before, head));
            assertThat(after).isNotEqualTo(before);
        }
    }

    private static float[] weights(SelfTrainingLearner learner) {
        return Weights.fromBytes(learner.publish().bytes());
    }

    @Test
    void theTeacherTrailsTheStudentOrJumpsAtTheEndOfAnIteration() {
        SelfTrainingConfig config = Blobs.config(Method.selfTraining(), 1);
        var jumping = new Rates(0.01, 0, 5, 0, 2);
        try (var trailing = learner(config);
                var jumps = learner(with(config, jumping, config.guard()))) {
            batches().subList(0, 2).forEach(trailing::step);
            batches().subList(0, 2).forEach(jumps::step);
            float[] before = teacher(trailing);
            assertThat(before).containsExactly(weights(trailing)); // after source steps
            trailing.step(Blobs.target(3));
            float[] student = weights(trailing);
            float[] expected = before.clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += (float) (1 - 0.9) * (student[i] - expected[i]);
            }
            assertThat(teacher(trailing)).containsExactly(expected);

            jumps.step(Blobs.target(3));
            assertThat(teacher(jumps)).containsExactly(before);
            jumps.step(Blobs.target(4));
            assertThat(teacher(jumps)).containsExactly(weights(jumps)).isNotEqualTo(before);
        }
    }

    private static float[] teacher(SelfTrainingLearner learner) {
        byte[] payload = learner.snapshot().payload();
        int bytes = weights(learner).length * Float.BYTES;
        int start = FIRST_WEIGHT + 3 * bytes;
        return Weights.fromBytes(Arrays.copyOfRange(payload, start, start + bytes));
    }

    @Test
    void aCollapseOfThePseudoLabelsFreezesTheTeacherAndSaysSo() {
        SelfTrainingConfig config = Blobs.config(Method.selfTraining(), 1);
        try (var guarded = learner(with(config, config.rates(), new Guard(1, 0.9)));
                var unguarded = learner(with(config, config.rates(), new Guard(0, 0.9)))) {
            for (int i = 0; i < 2; i++) {
                guarded.step(batches().get(i));
                unguarded.step(batches().get(i));
            }
            float[] before = teacher(guarded);
            // One picture six times: one pseudo-label, so less than the entropy of all.
            ExampleBatch one = ExampleBatch.target(Blobs.pictures(new int[6], 3, 1), 6);
            assertThat(value(guarded.step(one), "teacherFrozen")).isEqualTo(1);
            assertThat(value(unguarded.step(one), "teacherFrozen")).isEqualTo(0);
            assertThat(teacher(guarded)).containsExactly(before);
            assertThat(teacher(unguarded)).isNotEqualTo(before);
        }
    }

    @Test
    void measuresThePseudoLabelsWithinTheirBounds() {
        try (var learner = learner(Method.gift(20), 1)) {
            learner.step(batches().get(0));
            StepReport report = learner.step(Blobs.target(3));
            assertThat(report.items()).isEqualTo(Blobs.COUNT);
            assertThat(report.lossBeforeLearning())
                    .isCloseTo(Blobs.COUNT * report.loss(), within(1e-12));
            assertThat(value(report, "pseudoLabelEntropyNats")).isBetween(0.0, Math.log(3));
            assertThat(value(report, "teacherConfidence")).isBetween(1 / 3.0, 1.0);
            assertThat(value(report, "acceptedShare")).isBetween(0.0, 1.0);
            // The teacher was the student until this step.
            assertThat(value(report, "agreementShare")).isEqualTo(1);
            assertThat(value(report, "targetWeight")).isEqualTo(0);
            // 6 of 20 seen
            assertThat(value(learner.step(Blobs.target(4)), "targetWeight"))
                    .isCloseTo(0.3, within(1e-12));
        }
    }

    private static double value(StepReport report, String name) {
        return report.measurements().stream()
                .filter(measurement -> measurement.name().equals(name))
                .mapToDouble(Measurement::mean)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anotherStartOfTheScheduleTakesTheModelForTheSource() {
        try (var learner = learner(Method.gift(20), 1)) {
            batches().subList(0, 4).forEach(learner::step);
            learner.restartSchedule();
            assertThat(teacher(learner)).containsExactly(weights(learner));
            assertThat(value(learner.step(Blobs.target(5)), "targetWeight")).isEqualTo(0);
        }
    }

    /** Only Page-Hinkley, alarmed by any doubt above the mean. */
    private static Drift touchy(boolean restart) {
        return new Drift(1e-9, 0, 0, 0, 9, 3, 1, 6, restart, 0);
    }

    @Test
    void anAlarmStartsTheScheduleAnewAndNamesItsDetector() {
        SelfTrainingConfig config = Blobs.config(Method.gift(20), 1);
        try (var obeys = learner(watching(config, touchy(true)));
                var reports = learner(watching(config, touchy(false)))) {
            for (SelfTrainingLearner learner : List.of(obeys, reports)) {
                learner.step(batches().get(0));
                assertThat(alarms(learner.step(Blobs.target(3)))).isEmpty(); // grace
                assertThat(alarms(learner.step(Blobs.target(4)))).containsExactly(entry(0, 1.0));
            }
            assertThat(teacher(obeys)).containsExactly(weights(obeys));
            assertThat(teacher(reports)).isNotEqualTo(weights(reports));
            assertThat(weights(obeys)).containsExactly(weights(reports));
            StepReport anew = obeys.step(Blobs.target(5));
            assertThat(value(anew, "targetWeight")).isZero();
            assertThat(alarms(anew)).isEmpty(); // grace again
            // 12 of 20 seen
            assertThat(value(reports.step(Blobs.target(5)), "targetWeight"))
                    .isCloseTo(0.6, within(1e-12));
        }
    }

    @Test
    void betweenAlarmsTheModelStaysAsItIsIfItIsToldSo() {
        Drift drift = new Drift(1e-9, 0, 0, 0, 9, 3, 1, 12, true, 12);
        SelfTrainingConfig config = watching(Blobs.config(Method.gift(20), 1), drift);
        try (var learner = learner(config);
                var resumed = learner(config)) {
            learner.step(batches().get(0));
            float[] source = weights(learner);
            assertThat(alarms(learner.step(Blobs.target(4)))).containsExactly(entry(0, 1.0));
            assertThat(weights(learner)).containsExactly(source);
            // 12 examples are learned, from weight 0 on,
            assertThat(value(learner.step(Blobs.target(5)), "targetWeight")).isZero();
            resumed.restore(learner.snapshot());
            StepReport last = resumed.step(Blobs.target(6));
            assertThat(value(last, "targetWeight")).isCloseTo(0.3, within(1e-12));
            // and then the model stays, watched, until the next alarm.
            float[] adapted = weights(resumed);
            assertThat(adapted).isNotEqualTo(source);
            assertThat(alarms(resumed.step(Blobs.target(7)))).containsOnlyKeys(0);
            assertThat(weights(resumed)).containsExactly(adapted);
        }
    }

    private static Map<Integer, Double> alarms(StepReport report) {
        var alarms = new TreeMap<Integer, Double>();
        report.measurements().stream()
                .filter(measurement -> measurement.name().equals("driftAlarm"))
                .forEach(measurement -> alarms.put(measurement.head(), measurement.mean()));
        return alarms;
    }

    @Test
    void watchingChangesNothingUntilAnAlarmIsObeyed() {
        SelfTrainingConfig config = Blobs.config(EVERYTHING, 1);
        try (var plain = learner(config);
                var watching =
                        learner(
                                watching(
                                        config, new Drift(1, 0, 0.5, 0.3, 9, 3, 2, 0, false, 0)))) {
            for (ExampleBatch batch : batches()) {
                plain.step(batch);
                watching.step(batch);
            }
            assertThat(weights(watching)).containsExactly(weights(plain));
            assertThat(teacher(watching)).containsExactly(teacher(plain));
        }
    }

    @Test
    void detectorsOfOtherSettingsBeginAnew() {
        SelfTrainingConfig config = Blobs.config(Method.selfTraining(), 1);
        Drift wide = new Drift(100, 0, 0.5, 0.3, 9, 3, 2, 0, false, 0);
        Drift narrow = new Drift(100, 0, 0.5, 0.3, 7, 3, 2, 0, false, 0);
        try (var before = learner(watching(config, wide));
                var same = learner(watching(config, wide));
                var other = learner(watching(config, narrow));
                var off = learner(config)) {
            batches().subList(0, 4).forEach(before::step);
            LearnerSnapshot snapshot = before.snapshot();
            same.restore(snapshot);
            assertThat(same.snapshot().payload()).isEqualTo(snapshot.payload());
            other.restore(snapshot);
            assertThat(other.snapshot().payload().length).isLessThan(snapshot.payload().length);
            off.restore(snapshot);
            off.step(batches().get(4));
            same.restore(off.snapshot());
            assertThat(same.snapshot().payload().length).isLessThan(snapshot.payload().length);
        }
    }

    /** After four batches of the contract, the last of which the detectors saw. */
    @Test
    void detectorsGoOnFromAnOldSnapshot() {
        LearnerSnapshot old = adopted(snapshot("/snapshots/v2/classifier-watching.bin"));
        try (var learner = newLearner(1);
                var unwatched = newLearner(1)) {
            learner.restore(old);
            assertThat(learner.snapshot().payload()).startsWith(old.payload());
            unwatched.restore(adopted(snapshot("/snapshots/v2/classifier.bin")));
            assertThat(old.payload().length).isGreaterThan(unwatched.snapshot().payload().length);
        }
    }

    @Test
    void aModelThatStaysAsItIsWatchesToo() {
        SelfTrainingConfig config = watching(Blobs.config(Method.none(), 1), touchy(true));
        try (var learner = learner(config)) {
            learner.step(batches().get(0));
            float[] before = weights(learner);
            assertThat(alarms(learner.step(Blobs.target(4)))).containsExactly(entry(0, 1.0));
            assertThat(weights(learner)).containsExactly(before);
        }
    }

    @Test
    void measuresNeuralCollapseAtItsInterval() {
        SelfTrainingConfig config = Blobs.config(Method.selfTraining(), 1);
        try (var learner = learner(with(config, config.rates(), new Guard(0.75, 0.9, 2)))) {
            learner.step(batches().get(0));
            for (int i = 0; i < 4; i++) {
                StepReport report = learner.step(Blobs.target(3 + i));
                assertThat(report.measurements())
                        .filteredOn(one -> one.name().equals("neuralCollapseClasses"))
                        .hasSize(i % 2 == 0 ? 1 : 0)
                        .allMatch(one -> one.mean() >= 0 && one.mean() <= 3);
            }
        }
    }

    @Test
    void aLateSourceBatchIsKeptButNotLearned() {
        try (var learner = learner(Method.gift(20), 1)) {
            batches().subList(0, 3).forEach(learner::step);
            float[] before = weights(learner);
            LearnerSnapshot snapshot = learner.snapshot();
            StepReport report = learner.step(Blobs.source(9));
            assertThat(report.applied()).isTrue();
            assertThat(report.step()).isEqualTo(4);
            assertThat(weights(learner)).containsExactly(before);
            assertThat(learner.snapshot().payload()).isNotEqualTo(snapshot.payload());
        }
    }

    @Test
    void labelsOfTheTargetTeachWhateverTheMethod() {
        ExampleBatch batch = batches().get(6);
        try (var one = learner(Method.gift(20), 1);
                var other = learner(Method.selfTraining(), 1)) {
            one.step(Blobs.source(1));
            other.step(Blobs.source(1));
            double first = one.step(batch).loss();
            assertThat(other.step(batch).loss()).isEqualTo(first);
            double last = first;
            for (int i = 0; i < 60; i++) {
                last = one.step(batch).loss();
            }
            assertThat(last).isLessThan(0.5 * first);
        }
    }

    @Test
    void servesWhatItPublishedWhateverElseIsAsked() {
        float[] examples = Blobs.target(3).examples();
        try (var learner = learner(Method.gift(20), 1)) {
            learner.step(Blobs.source(1));
            try (var model = new Classifier(engine(), Blobs.NETWORK, 4, learner.publish())) {
                float[] all = model.probabilities(examples);
                float[] last =
                        model.probabilities(
                                Arrays.copyOfRange(examples, 5 * Blobs.SIZE, 6 * Blobs.SIZE));
                assertThat(last).containsExactly(Arrays.copyOfRange(all, 5 * 3, 6 * 3));
                assertThat(model.probabilities(new float[0])).isEmpty();
                for (int row = 0; row < 6; row++) {
                    double sum = 0;
                    for (int c = 0; c < 3; c++) {
                        sum += all[row * 3 + c];
                    }
                    assertThat(sum).isCloseTo(1, within(1e-6));
                }
                learner.step(Blobs.source(2));
                model.load(learner.publish());
                assertThat(model.probabilities(examples)).isNotEqualTo(all);
                assertThatThrownBy(() -> model.probabilities(new float[143]))
                        .hasMessageContaining("143 numbers, one example has 144");
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        var other = new ConvolutionalNetwork(1, 12, 12, 3, 4, 4, 8, 2);
        try (var learner = learner(Method.gift(20), 1);
                var wider =
                        new SelfTrainingLearner(
                                engine(),
                                other,
                                Blobs.config(Method.gift(20), 1),
                                Augmentation.NONE)) {
            assertThatThrownBy(() -> learner.restore(wider.snapshot()))
                    .hasMessageContaining("widths=4/4/8")
                    .hasMessageContaining("widths=4/4/4");
            assertThatThrownBy(() -> learner.step(ExampleBatch.target(new float[145], 1)))
                    .hasMessageContaining("145 numbers, one example has 144");
            assertThatThrownBy(
                            () -> learner.step(ExampleBatch.source(new float[144], new int[] {3})))
                    .hasMessageContaining("labels[0] is 3");
            assertThatThrownBy(
                            () ->
                                    learner.step(
                                            new ExampleBatch(
                                                    ExampleBatch.Kind.SOURCE,
                                                    1,
                                                    new float[144],
                                                    new int[0])))
                    .hasMessageContaining("source examples has 0 labels");
        }
        var deep = new Method(Mixing.LINEAR, 1, List.of(4), Alignment.LABEL, 0, 0, 0, 0, false);
        assertThatThrownBy(() -> learner(deep, 1)).hasMessageContaining("method.layers has 4");
    }
}
