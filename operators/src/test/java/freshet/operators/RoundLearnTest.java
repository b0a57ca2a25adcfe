package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnerSnapshot;
import freshet.learners.RoundShare;
import freshet.learners.SavedState;
import freshet.learners.language.LanguageLearner;
import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** One model learned by several workers: operators in harnesses, a thread for each worker. */
class RoundLearnTest {

    private static final int TEXTS = 60;
    private static final int MAX_PARALLELISM = 128;
    private static final int STATE_BYTES = 64 << 20;

    private final SharesInMemory log = new SharesInMemory(UUID.randomUUID().toString());

    private static KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, RoundItem> cut(
            RoundConfig rounds, ShareLog.Factory log) throws Exception {
        return harness(new CutRoundsFunction(SmallText.setup(), rounds, log));
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, RoundItem> harness(
            KeyedProcessFunction<Integer, TextRecord, RoundItem> function) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(function), record -> 0, Types.INT);
    }

    private static TextRecord text(int i) {
        String source = List.of("mill", "weir", "quay", "lock").get(i % 4);
        return SmallText.record(
                source,
                i / 4,
                1000 + i,
                "the water turns the wheel and runs on over stones " + i * 7 % 11);
    }

    /** All that a stream of texts, which ends, is dealt out as. */
    private List<RoundItem> items(int workers, int batchesPerWorker) throws Exception {
        try (var cut = cut(new RoundConfig(workers, batchesPerWorker), log)) {
            cut.open();
            for (int i = 0; i < TEXTS; i++) {
                cut.processElement(text(i), 0);
            }
            cut.processWatermark(Long.MAX_VALUE);
            return cut.extractOutputValues();
        }
    }

    /** As they would be dealt out again now. */
    private List<RoundItem> again(List<RoundItem> items) {
        long start = log.open("small").end();
        List<RoundItem> again = new ArrayList<>();
        for (RoundItem item : items) {
            RoundItem copy = RoundItem.of(item.kind, item.worker);
            if (item.kind == RoundItem.Kind.BATCH) {
                copy = RoundItem.of(item.worker, item.batch());
            }
            copy.eventTimeMillis = item.eventTimeMillis;
            copy.appendTimeMillis = item.appendTimeMillis;
            copy.batches = item.batches;
            copy.start = start;
            again.add(copy);
        }
        return again;
    }

    /** The workers, each a subtask. */
    private static final class Workers implements AutoCloseable {
        final List<OneInputStreamOperatorTestHarness<RoundItem, ModelVersion>> subtasks =
                new ArrayList<>();

        Workers(TextSetup setup, int count, ShareLog.Factory log) throws Exception {
            this(setup, count, count, log, null);
        }

        /**
         * @param before how many there were at the checkpoint
         */
        Workers(
                TextSetup setup,
                int count,
                int before,
                ShareLog.Factory log,
                List<OperatorSubtaskState> checkpoint)
                throws Exception {
            for (int i = 0; i < count; i++) {
                var subtask =
                        new OneInputStreamOperatorTestHarness<RoundItem, ModelVersion>(
                                new ProcessOperator<>(
                                        new RoundLearnFunction(
                                                setup,
                                                new RoundConfig(count, 1),
                                                log,
                                                SmallText.TELEMETRY,
                                                SmallText.DEAD_LETTERS)),
                                MAX_PARALLELISM,
                                count,
                                i);
                subtasks.add(subtask);
                subtask.setCheckpointStorage(new JobManagerCheckpointStorage(STATE_BYTES));
                if (checkpoint != null) {
                    subtask.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    AbstractStreamOperatorTestHarness.repackageState(
                                            checkpoint.toArray(OperatorSubtaskState[]::new)),
                                    MAX_PARALLELISM,
                                    before,
                                    count,
                                    i));
                }
                subtask.open();
            }
        }

        /** Returns when each has done all of its own; gives up on one that waits for ever. */
        void take(List<RoundItem> items) throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(subtasks.size());
            try {
                List<Callable<Void>> all = new ArrayList<>();
                for (int i = 0; i < subtasks.size(); i++) {
                    int worker = i;
                    all.add(
                            () -> {
                                for (RoundItem item : items) {
                                    if (item.worker == worker) {
                                        subtasks.get(worker).processElement(item, 0);
                                    }
                                }
                                return null;
                            });
                }
                for (Future<Void> one : threads.invokeAll(all, 60, TimeUnit.SECONDS)) {
                    one.get();
                }
            } finally {
                threads.shutdownNow();
            }
        }

        List<OperatorSubtaskState> checkpoint() throws Exception {
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (var subtask : subtasks) {
                states.add(subtask.snapshot(1, 0));
            }
            return states;
        }

        List<ModelVersion> versions() {
            return subtasks.stream()
                    .flatMap(subtask -> subtask.extractOutputValues().stream())
                    .toList();
        }

        /** Telemetry by {@code part/number}. */
        Map<String, Telemetry> telemetry() throws Exception {
            Map<String, Telemetry> all = new TreeMap<>();
            for (var subtask : subtasks) {
                for (var record : subtask.getSideOutput(SmallText.TELEMETRY)) {
                    Telemetry one = AvroCodec.of(Telemetry.class).decode(record.getValue().value);
                    String key = one.getPart() + "/" + one.getNumber();
                    assertThat(all.put(key, one)).as(key).isNull();
                }
            }
            return all;
        }

        @Override
        public void close() throws Exception {
            for (var subtask : subtasks) {
                subtask.close();
            }
        }
    }

    private static String words(ModelVersion one) {
        return "%d after %d through %d, appended until %d, complete through %d, %s, %s: %s"
                .formatted(
                        one.version,
                        one.parentVersion,
                        one.trainedThroughMillis,
                        one.learnedAppendTimeMillis,
                        one.completeThroughMillis,
                        one.scoreBitsPerToken,
                        one.metadata.get(PublishingSchedule.LEARNER_HASH),
                        LearnerSnapshot.sha256(one.bytes));
    }

    private List<String> undisturbed(List<RoundItem> items, int workers) throws Exception {
        try (var all = new Workers(SmallText.setup(), workers, log)) {
            all.take(again(items));
            return all.versions().stream().map(RoundLearnTest::words).toList();
        }
    }

    @Test
    void aRoundEndsAfterSoManyBatchesAndWithTheStream() throws Exception {
        List<RoundItem> items = items(2, 3);
        assertThat(items.get(0).kind).isEqualTo(RoundItem.Kind.BEGIN);
        assertThat(items.get(items.size() - 1).kind).isEqualTo(RoundItem.Kind.LAST);
        int batches = 0;
        int ends = 0;
        long latest = 0;
        Map<String, Integer> workers = new TreeMap<>();
        for (RoundItem item : items) {
            switch (item.kind) {
                case BATCH -> {
                    batches++;
                    latest = Math.max(latest, item.eventTimeMillis);
                    Integer before = workers.put(item.source, item.worker);
                    assertThat(before == null || before == item.worker).isTrue();
                }
                case END -> {
                    assertThat(item.worker).isEqualTo(ends % 2);
                    assertThat(item.eventTimeMillis).isEqualTo(latest);
                    assertThat(item.batches).isEqualTo(batches);
                    ends++;
                    if (ends % 2 == 0 && batches != 6) {
                        assertThat(items.indexOf(item)).isEqualTo(items.size() - 2); // the last
                    }
                    batches = ends % 2 == 0 ? 0 : batches;
                }
                default -> {}
            }
        }
        assertThat(ends).isGreaterThan(10);
        assertThat(workers.values()).as("four sources, two for each").containsOnly(0, 1);
        assertThat(workers.values().stream().mapToInt(worker -> worker).sum()).isEqualTo(2);
        assertThat(batches).isZero();
    }

    @Test
    void aRestoredCutterDealsOutTheSame() throws Exception {
        var rounds = new RoundConfig(2, 3);
        List<RoundItem> dealt = new ArrayList<>();
        OperatorSubtaskState checkpoint;
        try (var before = cut(rounds, log)) {
            before.open();
            for (int i = 0; i < TEXTS / 2; i++) {
                before.processElement(text(i), 0);
            }
            checkpoint = before.snapshot(1, 0);
            dealt.addAll(before.extractOutputValues());
        }
        try (var after = cut(rounds, log)) {
            after.initializeState(checkpoint);
            after.open();
            for (int i = TEXTS / 2; i < TEXTS; i++) {
                after.processElement(text(i), 0);
            }
            after.processWatermark(Long.MAX_VALUE);
            dealt.addAll(after.extractOutputValues());
        }
        assertThat(dealt).usingRecursiveFieldByFieldElementComparator().isEqualTo(items(2, 3));
    }

    /** Its sources are dealt out anew. */
    @Test
    void stateOfTheFormatBeforeIsReadOn() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var before = harness(new FormatOne())) {
            before.open();
            checkpoint = before.snapshot(1, 0);
        }
        try (var after = cut(new RoundConfig(2, 3), log)) {
            after.initializeState(checkpoint);
            after.open();
            for (int i = 0; i < TEXTS; i++) {
                after.processElement(text(i), 0);
            }
            List<RoundItem> items = after.extractOutputValues();
            assertThat(items)
                    .extracting(item -> item.kind)
                    .as("begun before, and one batch short of a round's end")
                    .startsWith(RoundItem.Kind.BATCH, RoundItem.Kind.END, RoundItem.Kind.END)
                    .doesNotContain(RoundItem.Kind.BEGIN);
            assertThat(items).extracting(item -> item.worker).contains(0, 1);
        }
    }

    /** Leaves what a cutter of format 1 would that is one batch short of the end of its round. */
    private static final class FormatOne
            extends KeyedProcessFunction<Integer, TextRecord, RoundItem>
            implements CheckpointedFunction {
        private static final long serialVersionUID = 1;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            byte[] state =
                    SavedState.write(
                            1,
                            out -> {
                                SavedState.writeBlock(
                                        out, SmallText.setup().newCutter().snapshot());
                                out.writeBoolean(true);
                                out.writeInt(5);
                                out.writeLong(999);
                                out.writeLong(999);
                            });
            context.getOperatorStateStore()
                    .getListState(
                            new ListStateDescriptor<>(
                                    "rounds-cut",
                                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))
                    .add(state);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {}

        @Override
        public void processElement(TextRecord text, Context context, Collector<RoundItem> out) {}
    }

    @Test
    void oneWorkerPublishesWhatThePlainLearnerWould() throws Exception {
        List<RoundItem> items = items(1, 4);
        List<String> plain = new ArrayList<>();
        TextSetup setup = SmallText.setup();
        try (LanguageLearner learner = setup.newUnguarded()) {
            for (RoundItem item : items) {
                if (item.kind == RoundItem.Kind.BATCH) {
                    learner.step(item.batch());
                } else {
                    plain.add(LearnerSnapshot.sha256(learner.publish().bytes()));
                }
            }
        }
        assertThat(plain).hasSizeGreaterThan(10);
        try (var one = new Workers(setup, 1, log)) {
            one.take(again(items));
            assertThat(one.versions())
                    .extracting(version -> LearnerSnapshot.sha256(version.bytes))
                    .isEqualTo(plain);
            assertThat(one.versions().get(0).trainedThroughMillis).isEqualTo(-1);
            assertThat(one.versions().get(0).version).isZero();
            ModelVersion last = one.versions().get(plain.size() - 1);
            ModelVersion before = one.versions().get(plain.size() - 2);
            assertThat(last.version).isEqualTo(before.version);
            assertThat(before.completeThroughMillis).isEqualTo(before.trainedThroughMillis);
            assertThat(last.completeThroughMillis).isEqualTo(Long.MAX_VALUE);
            assertThat(last.metadata).containsKey(PublishingSchedule.LEARNER_HASH);
        }
    }

    @Test
    void twoWorkersHaveTheSameBitsAfterARestart() throws Exception {
        List<RoundItem> items = items(2, 3);
        List<String> undisturbed = undisturbed(items, 2);
        assertThat(undisturbed).hasSizeGreaterThan(5);
        assertThat(undisturbed(items, 2)).isEqualTo(undisturbed); // behind what is in the log

        for (int half = items.size() / 2; half < items.size() / 2 + 9; half += 4) {
            if (items.get(half).kind == RoundItem.Kind.END && items.get(half).worker == 1) {
                continue; // no barrier comes between the ends of a round
            }
            List<String> published = new ArrayList<>();
            List<OperatorSubtaskState> checkpoint;
            List<RoundItem> first = again(items);
            try (var before = new Workers(SmallText.setup(), 2, log)) {
                before.take(first.subList(0, half));
                checkpoint = before.checkpoint();
                before.versions().forEach(one -> published.add(words(one)));
                // More rounds, which the log keeps and the checkpoint does not.
                before.take(throughAnEnd(first, half));
            }
            try (var after = new Workers(SmallText.setup(), 2, 2, log, checkpoint)) {
                after.take(again(items).subList(half, items.size()));
                after.versions().forEach(one -> published.add(words(one)));
            }
            assertThat(published).isEqualTo(undisturbed);
        }
    }

    /** A worker that is told of an end waits for the others, so that all must be told. */
    private static List<RoundItem> throughAnEnd(List<RoundItem> items, int from) {
        int ends = 0;
        for (int i = 0; ; i++) {
            ends += items.get(i).kind == RoundItem.Kind.END ? 1 : 0;
            if (i > from + 20 && ends % 2 == 0) {
                return items.subList(from, i + 1);
            }
        }
    }

    @Test
    void sharesOfAnotherJobInTheLogAreNotTaken() throws Exception {
        List<RoundItem> items = items(2, 3);
        List<String> undisturbed = undisturbed(items, 2);
        var other = new SharesInMemory(UUID.randomUUID().toString());
        float[] zeros;
        try (LanguageLearner learner = SmallText.setup().newUnguarded()) {
            zeros = new float[learner.averaged().length];
        }
        try (ShareLog shares = other.open("small")) {
            for (int round = 0; round < 3; round++) {
                var unused = shares.exchange(0, new RoundShare(round, 0, 1, 0, 0, zeros), 1);
            }
            List<RoundItem> behind = again(items);
            behind.forEach(item -> item.start = 3);
            // Also where one that was thought dead goes on.
            var late = shares.exchange(0, new RoundShare(3, 1, 1, 0, 0, zeros), 1);
            assertThat(late).hasSize(1);
            try (var all = new Workers(SmallText.setup(), 2, other)) {
                all.take(behind);
                assertThat(all.versions().stream().map(RoundLearnTest::words))
                        .isEqualTo(undisturbed);
            }
        }
    }

    @Test
    void anotherNumberOfWorkersIsRefused() throws Exception {
        List<OperatorSubtaskState> checkpoint;
        try (var two = new Workers(SmallText.setup(), 2, log)) {
            checkpoint = two.checkpoint();
        }
        for (int count : new int[] {1, 3}) {
            assertThatThrownBy(() -> new Workers(SmallText.setup(), count, 2, log, checkpoint))
                    .rootCause()
                    .hasMessage("the state is of 2 workers: set rounds.workers back from " + count);
        }
    }

    @Test
    void telemetryTellsTheWorkersApartAndSumsUpTheRound() throws Exception {
        List<RoundItem> items = items(2, 3);
        try (var two = new Workers(SmallText.setup(), 2, log)) {
            two.take(again(items));
            Map<String, Telemetry> telemetry = two.telemetry();
            Map<String, Integer> records = new TreeMap<>();
            telemetry.values().forEach(one -> records.merge(one.getPart(), 1, Integer::sum));
            int ofFirst = count(items, RoundItem.Kind.BATCH, 0);
            int ofSecond = count(items, RoundItem.Kind.BATCH, 1);
            int ends = count(items, RoundItem.Kind.END, 0);
            assertThat(records)
                    .isEqualTo(
                            Map.of(
                                    "learner", ofFirst,
                                    "updates", ofFirst,
                                    "learner:1", ofSecond,
                                    "updates:1", ofSecond,
                                    "publication", ends));
            assertThat(telemetry.get("learner:1/1").getMeasurements())
                    .anyMatch(point -> point.getName().equals("lossNats"));
            var ofRound = telemetry.get("publication/6").getMeasurements();
            assertThat(ofRound.get(0).getName()).isEqualTo("roundUpdates");
            assertThat(ofRound.get(0).getSum()).isEqualTo(6);
            assertThat(two.versions().get(1).scoreBitsPerToken).isBetween(1.0, 20.0);
        }
    }

    private static int count(List<RoundItem> items, RoundItem.Kind kind, int worker) {
        return (int)
                items.stream().filter(item -> item.kind == kind && item.worker == worker).count();
    }

    @Test
    void allBeginWithTheWeightsToStartFrom() throws Exception {
        ModelVersion weights;
        try (var one = new Workers(SmallText.setup(), 1, log)) {
            List<RoundItem> items = again(items(1, 4));
            one.take(items);
            weights = one.versions().get(5);
        }
        TextSetup setup =
                SmallText.setup().startingFrom(new WarmStart(weights.artifact(), 5, 1_500));
        try (var two = new Workers(setup, 2, log)) {
            var nothingLearned =
                    again(items(2, 3)).stream()
                            .filter(item -> item.kind != RoundItem.Kind.BATCH)
                            .toList();
            two.take(nothingLearned);
            assertThat(two.versions()).extracting(version -> version.version).startsWith(6L, 12L);
            assertThat(two.versions())
                    .allMatch(version -> java.util.Arrays.equals(version.bytes, weights.bytes));
            assertThat(two.versions().get(0).trainedThroughMillis).isEqualTo(1_500);
        }
    }
}
