package freshet.operators;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** The operator of many learners in harnesses, one for each of its subtasks. */
final class ManyBranch implements AutoCloseable {

    static final OutputTag<OutRecord> PREDICTIONS =
            new OutputTag<>("predictions", Types.POJO(OutRecord.class));

    private static final int MAX_PARALLELISM = 128;
    private static final int STATE_BYTES = 64 << 20;

    private static final ModelNames NAMES = new ModelNames("", "/");
    private final List<KeyedOneInputStreamOperatorTestHarness<String, TextRecord, ModelVersion>>
            subtasks = new ArrayList<>();

    /**
     * @param checkpoint to go on from; null: from the start
     */
    ManyBranch(
            LearnerSetup<TextRecord, ?> setup,
            ManyLearnersConfig limits,
            int parallelism,
            List<OperatorSubtaskState> checkpoint)
            throws Exception {
        for (int i = 0; i < parallelism; i++) {
            var subtask =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            new ManyLearnersOperator<>(
                                    setup,
                                    limits,
                                    () -> new TextAnswers(SmallText.setup()),
                                    PREDICTIONS,
                                    SmallText.TELEMETRY,
                                    SmallText.DEAD_LETTERS),
                            record -> NAMES.of(record.source),
                            Types.STRING,
                            MAX_PARALLELISM,
                            parallelism,
                            i);
            subtask.setCheckpointStorage(new JobManagerCheckpointStorage(STATE_BYTES));
            if (checkpoint != null) {
                OperatorSubtaskState all =
                        AbstractStreamOperatorTestHarness.repackageState(
                                checkpoint.toArray(OperatorSubtaskState[]::new));
                subtask.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                all, MAX_PARALLELISM, checkpoint.size(), parallelism, i));
            }
            subtask.open();
            subtasks.add(subtask);
        }
    }

    void learn(List<TextRecord> records) throws Exception {
        for (TextRecord record : records) {
            subtasks.get(
                            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                    NAMES.of(record.source), MAX_PARALLELISM, subtasks.size()))
                    .processElement(record, record.eventTimeMillis);
        }
    }

    List<OperatorSubtaskState> checkpoint() throws Exception {
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (var subtask : subtasks) {
            states.add(subtask.snapshot(1, 0));
        }
        return states;
    }

    /** The stream ends. */
    void end() throws Exception {
        for (var subtask : subtasks) {
            subtask.endInput();
        }
    }

    /** Versions of each model, in order. */
    Map<String, List<ModelVersion>> versions() {
        Map<String, List<ModelVersion>> versions = new TreeMap<>();
        for (var subtask : subtasks) {
            for (ModelVersion version : subtask.extractOutputValues()) {
                versions.computeIfAbsent(version.modelName, name -> new ArrayList<>()).add(version);
            }
        }
        return versions;
    }

    /** The newest version of each model. */
    Map<String, ModelVersion> lastVersions() {
        Map<String, ModelVersion> last = new TreeMap<>();
        versions().forEach((name, versions) -> last.put(name, versions.get(versions.size() - 1)));
        return last;
    }

    /** What was learned of each model at the end, moments and counters included. */
    Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        lastVersions()
                .forEach(
                        (name, version) ->
                                hashes.put(
                                        name,
                                        version.metadata.get(PublishingSchedule.LEARNER_HASH)));
        return hashes;
    }

    List<OutRecord> deadLetters() {
        return side(SmallText.DEAD_LETTERS);
    }

    List<OutRecord> predictions() {
        return side(PREDICTIONS);
    }

    private List<OutRecord> side(OutputTag<OutRecord> tag) {
        return subtasks.stream()
                .map(subtask -> subtask.getSideOutput(tag))
                .filter(Objects::nonNull)
                .flatMap(Collection::stream)
                .map(StreamRecord::getValue)
                .toList();
    }

    @Override
    public void close() throws Exception {
        for (var subtask : subtasks) {
            subtask.close();
        }
    }
}
