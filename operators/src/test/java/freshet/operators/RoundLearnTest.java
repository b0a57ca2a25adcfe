package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnerSnapshot;
import freshet.learners.language.LanguageLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

/** One model learned by several workers: operators in harnesses, the topic between them a list. */
class RoundLearnTest {

    private static final OutputTag<OutRecord> SHARES =
            new OutputTag<>("shares", Types.POJO(OutRecord.class));
    private static final int MAX_PARALLELISM = 128;
    private static final int MOST_KEPT = 100;
    private static final int STATE_BYTES = 64 << 20;

    /** Batches of a round of texts, each for one of the workers, with the ends of rounds. */
    private static List<RoundItem> items(int workers, int batchesPerWorker) throws Exception {
        try (var cut =
                new OneInputStreamOperatorTestHarness<TextRecord, RoundItem>(
                        new ProcessOperator<>(
                                new CutRoundsFunction(
                                        SmallText.setup(), workers, batchesPerWorker)))) {
            cut.open();
            for (int i = 0; i < 60; i++) {
                String source = List.of("mill", "weir", "quay", "lock").get(i % 4);
                cut.processElement(
                        SmallText.record(
                                source,
                                i / 4,
                                1000 + i,
                                "the water turns the wheel and runs on over stones " + i * 7 % 11),
                        0);
            }
            return cut.extractOutputValues();
        }
    }

    /** The workers, each a subtask, and how far each has read the topic. */
    private static final class Workers implements AutoCloseable {
        final List<TwoInputStreamOperatorTestHarness<RoundItem, byte[], ModelVersion>> subtasks =
                new ArrayList<>();
        final List<byte[]> topic;
        int read; // by the source of the topic, which all hear alike

        Workers(int count, List<OperatorSubtaskState> checkpoint, List<byte[]> topic, int read)
                throws Exception {
            this.topic = topic;
            this.read = read;
            for (int i = 0; i < count; i++) {
                var subtask =
                        new TwoInputStreamOperatorTestHarness<RoundItem, byte[], ModelVersion>(
                                new CoProcessOperator<>(
                                        new RoundLearnFunction(
                                                SmallText.setup(),
                                                count,
                                                MOST_KEPT,
                                                SHARES,
                                                SmallText.DEAD_LETTERS)),
                                MAX_PARALLELISM,
                                count,
                                i);
                subtask.setCheckpointStorage(new JobManagerCheckpointStorage(STATE_BYTES));
                if (checkpoint != null) {
                    subtask.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    AbstractStreamOperatorTestHarness.repackageState(
                                            checkpoint.toArray(OperatorSubtaskState[]::new)),
                                    MAX_PARALLELISM,
                                    count,
                                    count,
                                    i));
                }
                subtask.open();
                subtasks.add(subtask);
            }
        }

        void take(RoundItem item) throws Exception {
            subtasks.get(item.worker).processElement1(item, 0);
            collect();
        }

        /** What went out is in the topic. */
        void collect() {
            for (var subtask : subtasks) {
                var sent = subtask.getSideOutput(SHARES);
                if (sent != null) {
                    while (!sent.isEmpty()) {
                        topic.add(sent.remove().getValue().value);
                    }
                }
            }
        }

        /** Reads the topic on, at most so many shares. */
        void readOn(int most) throws Exception {
            for (int i = 0; i < most && read < topic.size(); i++) {
                byte[] share = topic.get(read++);
                for (var subtask : subtasks) {
                    subtask.processElement2(share, 0);
                }
                collect();
            }
        }

        List<OperatorSubtaskState> checkpoint() throws Exception {
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (var subtask : subtasks) {
                states.add(subtask.snapshot(1, 0));
            }
            return states;
        }

        List<String> versions() {
            return subtasks.stream()
                    .flatMap(subtask -> subtask.extractOutputValues().stream())
                    .filter(Objects::nonNull)
                    .map(
                            one ->
                                    one.version
                                            + " through "
                                            + one.trainedThroughMillis
                                            + ": "
                                            + LearnerSnapshot.sha256(one.bytes))
                    .toList();
        }

        @Override
        public void close() throws Exception {
            for (var subtask : subtasks) {
                subtask.close();
            }
        }
    }

    /** The topic lags: items come while workers wait. */
    private static List<String> undisturbed(List<RoundItem> items, int workers, int every)
            throws Exception {
        try (var all = new Workers(workers, null, new ArrayList<>(), 0)) {
            for (int i = 0; i < items.size(); i++) {
                all.take(items.get(i));
                if (i % every == 0) {
                    all.readOn(1);
                }
            }
            all.readOn(Integer.MAX_VALUE);
            return all.versions();
        }
    }

    @Test
    void oneWorkerPublishesWhatThePlainLearnerWould() throws Exception {
        List<RoundItem> items = items(1, 4);
        List<String> plain = new ArrayList<>();
        TextSetup setup = SmallText.setup();
        try (var learner =
                new LanguageLearner(
                        setup.startEngine(),
                        setup.model(),
                        setup.learning(),
                        setup.tokenizerHash())) {
            for (RoundItem item : items) {
                if (item.ends) {
                    plain.add(
                            (plain.size() + 1)
                                    + " through "
                                    + item.eventTimeMillis
                                    + ": "
                                    + LearnerSnapshot.sha256(learner.publish().bytes()));
                } else {
                    learner.step(item.batch());
                }
            }
        }
        assertThat(plain).hasSizeGreaterThan(10);
        assertThat(undisturbed(items, 1, 1)).isEqualTo(plain);
    }

    @Test
    void twoWorkersHaveTheSameBitsHoweverLateSharesComeAndAfterARestart() throws Exception {
        List<RoundItem> items = items(2, 3);
        List<String> undisturbed = undisturbed(items, 2, 1);
        assertThat(undisturbed).hasSizeGreaterThan(5);
        assertThat(undisturbed(items, 2, 9)).isEqualTo(undisturbed);

        for (int half : new int[] {items.size() / 2, items.size() / 2 + 3}) {
            List<byte[]> topic = new ArrayList<>();
            List<String> published;
            List<OperatorSubtaskState> checkpoint;
            int read;
            try (var before = new Workers(2, null, topic, 0)) {
                for (int i = 0; i < half; i++) {
                    before.take(items.get(i));
                    before.readOn(i % 9 == 0 ? 1 : 0); // late: items are kept
                }
                checkpoint = before.checkpoint();
                read = before.read;
                published = new ArrayList<>(before.versions());
                // More rounds, which the topic keeps and the checkpoint does not.
                for (RoundItem item : items.subList(half, half + 20)) {
                    before.take(item);
                    before.readOn(Integer.MAX_VALUE);
                }
            }
            assertThat(topic).hasSizeGreaterThan(read + 2);
            try (var after = new Workers(2, checkpoint, topic, read)) {
                after.readOn(Integer.MAX_VALUE); // rounds that none of them has come to
                for (RoundItem item : items.subList(half, items.size())) {
                    after.take(item);
                    after.readOn(1);
                }
                after.readOn(Integer.MAX_VALUE);
                published.addAll(after.versions());
            }
            assertThat(published).isEqualTo(undisturbed);
        }
    }
}
