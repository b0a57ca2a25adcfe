package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.scoring.PairedTrial;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Weights;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import freshet.schemas.Telemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Versions are tried on a share of the pictures, whose labels come five records later. Pictures of
 * class 1 are brighter, so that a learner learns them soon.
 */
class ServedTrialTest {

    private static final int PICTURES = 240;
    private static final int LABEL_DELAY = 5;
    private static final TrialConfig TRIAL =
            new TrialConfig(0.5, new PairedTrial.Config(4, 12, 0.01, 0.2));
    private static final LabelSettings LABELS = new LabelSettings(0, 100, 1_000, false);

    private static final List<ModelVersion> versions = new ArrayList<>();

    private final DecisionLog decisions = new DecisionLog.InMemory(); // outlives failures

    @BeforeAll
    static void learn() throws Exception {
        try (var learn = SmallImages.learnBranch()) {
            learn.open();
            for (int i = 0; i < PICTURES; i++) {
                ImageRecord labelled = picture(i);
                labelled.label = i % 2;
                learn.processElement(labelled, i);
            }
            learn.processWatermark(Long.MAX_VALUE);
            versions.addAll(learn.extractOutputValues());
        }
    }

    private static ImageRecord record(int i) {
        var record = new ImageRecord();
        record.source = "made";
        record.sequence = i;
        record.recordId = "made/" + i;
        record.learn = true;
        return record;
    }

    static ImageRecord picture(int i) {
        ImageRecord picture = record(i);
        picture.eventTimeMillis = i;
        picture.settledMillis = i;
        var random = new CounterRandom(5, 0, (long) i * SmallImages.SIDE * SmallImages.SIDE);
        float[] pixels = new float[SmallImages.SIDE * SmallImages.SIDE];
        for (int k = 0; k < pixels.length; k++) {
            pixels[k] = (float) (0.5 * random.nextDouble() + (i % 2 == 0 ? 0 : 0.5));
        }
        picture.image = Weights.toBytes(pixels);
        return picture;
    }

    private static ImageRecord label(int i) {
        ImageRecord label = record(i);
        label.eventTimeMillis = (long) i + LABEL_DELAY;
        label.label = i % 2;
        return label;
    }

    /** Pictures and labels in their order. */
    private static List<ImageRecord> stream() {
        List<ImageRecord> stream = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            stream.add(picture(i));
            if (i >= LABEL_DELAY) {
                stream.add(label(i - LABEL_DELAY));
            }
        }
        return stream;
    }

    private final class Classify implements AutoCloseable {
        private final TwoInputStreamOperatorTestHarness<ImageRecord, ModelVersion, ImageRecord>
                operator;

        Classify(ServingConfig serving, OperatorSubtaskState from) throws Exception {
            operator =
                    new TwoInputStreamOperatorTestHarness<>(
                            new SharedPassOperator<>(
                                    new ClassifyFunction(
                                            SmallImages.SETUP,
                                            serving,
                                            LABELS,
                                            modelName -> decisions)));
            operator.setCheckpointStorage(new JobManagerCheckpointStorage(64 << 20));
            if (from != null) {
                operator.initializeState(from);
            }
            operator.open();
        }

        void take(ModelVersion version) throws Exception {
            operator.processElement2(version, 0);
        }

        void take(List<ImageRecord> records) throws Exception {
            for (ImageRecord record : records) {
                operator.processElement1(record, record.eventTimeMillis);
            }
        }

        /** Each as its id, version and probabilities. */
        OperatorSubtaskState checkpoint(long id) throws Exception {
            operator.prepareSnapshotPreBarrier(id);
            return operator.snapshot(id, 0);
        }

        List<String> answers() {
            return operator.extractOutputValues().stream()
                    .map(
                            answer ->
                                    answer.recordId
                                            + " "
                                            + answer.modelVersion
                                            + " "
                                            + Arrays.toString(answer.probabilities))
                    .toList();
        }

        List<Telemetry> told() throws Exception {
            List<Telemetry> told = new ArrayList<>();
            var records = operator.getSideOutput(ServingFunction.TRIALS);
            if (records != null) {
                for (StreamRecord<OutRecord> record : records) {
                    told.add(AvroCodec.of(Telemetry.class).decode(record.getValue().value));
                }
            }
            return told;
        }

        @Override
        public void close() throws Exception {
            operator.close();
        }
    }

    private static ServingConfig evaluation(TrialConfig trial) {
        return new ServingConfig(true, 1, 5, -1, 0, 0, trial);
    }

    private Classify withAllVersions(OperatorSubtaskState from) throws Exception {
        var classify = new Classify(evaluation(TRIAL), from);
        if (from == null) {
            for (ModelVersion version : versions) {
                classify.take(version);
            }
        }
        return classify;
    }

    private static List<String> kinds(List<Telemetry> told) {
        return told.stream().map(one -> one.getMeasurements().get(0).getName()).toList();
    }

    @Test
    void versionsThatLearnedMoreArePromotedOneAfterTheOther() throws Exception {
        try (Classify classify = withAllVersions(null)) {
            classify.take(stream());
            assertThat(classify.answers()).hasSize(PICTURES);
            assertThat(kinds(classify.told()).stream().filter("trialPromoted"::equals).count())
                    .isGreaterThan(3);
            Map<Boolean, Double> mean =
                    classify.operator.extractOutputValues().stream()
                            .collect(
                                    Collectors.groupingBy(
                                            one -> VersionTrial.isTried(one.recordId, 0.5),
                                            Collectors.averagingLong(one -> one.modelVersion)));
            assertThat(mean.get(true)).isGreaterThan(mean.get(false) + 1);
            assertThat(classify.operator.extractOutputValues()).allMatch(one -> one.isTest);
        }
    }

    /** No candidate reaches a key of the other side, and a bad one is gone after a few. */
    @Test
    void aVersionThatIsBrokenIsServedToFewAndRolledBack() throws Exception {
        ModelVersion learned = versions.get(versions.size() - 2);
        ModelVersion good = untimely(learned.version, learned.bytes);
        float[] weights = Weights.fromBytes(learned.bytes);
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= -3;
        }
        ModelVersion broken = untimely(learned.version + 1, Weights.toBytes(weights));
        try (var classify = new Classify(new ServingConfig(false, 1, 5, -1, 0, 0, TRIAL), null)) {
            classify.take(good);
            classify.take(stream().subList(0, 100));
            assertThat(classify.told()).isEmpty(); // the first is stable at once
            classify.take(broken);
            classify.take(stream().subList(100, 200));
            assertThat(kinds(classify.told())).containsExactly("trialBegins", "trialRolledBack");
            List<ImageRecord> byBroken =
                    classify.operator.extractOutputValues().stream()
                            .filter(one -> one.modelVersion == broken.version)
                            .toList();
            assertThat(byBroken).hasSizeBetween(4, 24);
            assertThat(byBroken).allMatch(one -> VersionTrial.isTried(one.recordId, 0.5));
        }
    }

    /** A version that counts for all records. */
    private static ModelVersion untimely(long number, byte[] weights) {
        var artifact = versions.get(0).artifact();
        var version = ModelVersion.of("small", number, artifact.with(artifact.metadata(), weights));
        version.trainedThroughMillis = -1;
        version.completeThroughMillis = -1;
        return version;
    }

    @Test
    void goingOnFromAnyCheckpointEqualsNeverStopping() throws Exception {
        List<ImageRecord> stream = stream().subList(0, 200);
        List<String> straight;
        List<Telemetry> toldStraight;
        try (Classify classify = withAllVersions(null)) {
            classify.take(stream);
            straight = classify.answers();
            toldStraight = classify.told();
        }
        assertThat(toldStraight).hasSizeGreaterThan(4);
        for (int stop = 7; stop < stream.size(); stop += 31) {
            OperatorSubtaskState checkpoint;
            List<String> answers;
            List<Telemetry> told;
            try (Classify before = withAllVersions(null)) {
                before.take(stream.subList(0, stop));
                checkpoint = before.checkpoint(1);
                answers = before.answers();
                told = before.told();
                before.take(stream.subList(stop, stop + 5)); // lost with the failure
            }
            try (Classify after = withAllVersions(checkpoint)) {
                after.take(stream.subList(stop, stream.size()));
                answers = Stream.concat(answers.stream(), after.answers().stream()).toList();
                told = Stream.concat(told.stream(), after.told().stream()).toList();
            }
            assertThat(answers).as("stopped at %d", stop).isEqualTo(straight);
            assertThat(told).isEqualTo(toldStraight);
        }
    }

    @Test
    void anOrderIsCarriedOutAfterTheSameRecordOnceMore() throws Exception {
        List<ImageRecord> stream = stream().subList(0, 120);
        int begins = 0; // the first picture with a candidate: version 4 is due from event time 32
        try (Classify classify = withAllVersions(null)) {
            while (classify.told().isEmpty()) {
                classify.take(stream.subList(begins, begins + 1));
                begins++;
            }
        }
        OperatorSubtaskState checkpoint;
        List<String> undisturbed;
        try (Classify classify = withAllVersions(null)) {
            classify.take(stream.subList(0, begins));
            checkpoint = classify.checkpoint(1);
            classify.operator.getOutput().clear();
            classify.take(stream.subList(begins, begins + 2));
            classify.take(order("a", "promote", 4));
            classify.take(order("b", "freeze", 4)); // for the learner
            classify.take(stream.subList(begins + 2, stream.size()));
            undisturbed = classify.answers();
        }
        assertThat(decisions.decided())
                .extracting(ControlAcknowledgement::getDetail)
                .containsExactly("stable version 0 -> 4");
        try (Classify classify = withAllVersions(checkpoint)) {
            classify.take(order("a", "promote", 4)); // comes again, earlier
            classify.take(stream.subList(begins, stream.size()));
            assertThat(classify.answers()).isEqualTo(undisturbed);
        }
        assertThat(decisions.decided()).hasSize(1);
    }

    private static ModelVersion order(String id, String action, long version) {
        return ModelVersion.order(
                "small",
                AvroCodec.of(ControlCommand.class)
                        .encode(
                                new ControlCommand(
                                        id,
                                        "small",
                                        action,
                                        Map.of("version", "" + version),
                                        0L,
                                        "test",
                                        false)));
    }

    /** Off to on and back: what the state says of trials is taken where it is there. */
    @Test
    void trialsMayBeSwitchedOnAndOff() throws Exception {
        List<ImageRecord> stream = stream();
        OperatorSubtaskState checkpoint;
        try (var off = new Classify(evaluation(TrialConfig.NONE), null)) {
            for (ModelVersion version : versions) {
                off.take(version);
            }
            off.take(stream.subList(0, 120));
            checkpoint = off.checkpoint(1);
        }
        try (Classify on = withAllVersions(checkpoint)) {
            on.take(stream.subList(120, 240));
            assertThat(kinds(on.told())).contains("trialBegins", "trialPromoted");
            checkpoint = on.checkpoint(2);
        }
        try (var off = new Classify(evaluation(TrialConfig.NONE), checkpoint)) {
            off.take(stream.subList(240, stream.size()));
            var expected = new ServingVersions(evaluation(TrialConfig.NONE));
            versions.forEach(expected::add);
            for (ImageRecord answer : off.operator.extractOutputValues()) {
                assertThat(answer.modelVersion)
                        .isEqualTo(expected.dueFor(answer.eventTimeMillis, true).version);
            }
        }
    }

    /** Labels are then not even sent here; what is answered is what it was without the option. */
    @Test
    void withoutATrialEveryVersionIsServedAtOnce() throws Exception {
        try (var classify = new Classify(evaluation(TrialConfig.NONE), null)) {
            for (ModelVersion version : versions) {
                classify.take(version);
            }
            classify.take(stream());
            assertThat(classify.told()).isEmpty();
            var expected = new ServingVersions(evaluation(TrialConfig.NONE));
            versions.forEach(expected::add);
            for (ImageRecord answer : classify.operator.extractOutputValues()) {
                assertThat(answer.modelVersion)
                        .isEqualTo(expected.dueFor(answer.eventTimeMillis, true).version);
            }
        }
    }
}
