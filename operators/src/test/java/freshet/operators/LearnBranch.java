package freshet.operators;

import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The learn operator in a harness. */
final class LearnBranch implements AutoCloseable {

    private final KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, ModelVersion> learn;

    LearnBranch() throws Exception {
        this(null);
    }

    /** Goes on from a checkpoint; null: from the start. */
    LearnBranch(OperatorSubtaskState checkpoint) throws Exception {
        learn =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(
                                new LearnFunction<>(
                                        SmallText.setup(),
                                        SmallText.TELEMETRY,
                                        SmallText.DEAD_LETTERS)),
                        record -> 0,
                        Types.INT);
        if (checkpoint != null) {
            learn.initializeState(checkpoint);
        }
        learn.open();
    }

    void learn(List<TextRecord> ordered) throws Exception {
        for (TextRecord record : ordered) {
            learn.processElement(record, record.eventTimeMillis);
        }
    }

    OperatorSubtaskState checkpoint() throws Exception {
        return learn.snapshot(1, 0);
    }

    /** The stream ends: the last version says that none will follow. */
    void end() throws Exception {
        learn.processWatermark(Long.MAX_VALUE);
    }

    List<OutRecord> deadLetters() {
        var letters = learn.getSideOutput(SmallText.DEAD_LETTERS);
        return letters == null
                ? List.of()
                : letters.stream().map(letter -> letter.getValue()).toList();
    }

    List<ModelVersion> versions() {
        return learn.extractOutputValues();
    }

    static List<ModelVersion> versionsOf(List<TextRecord> ordered) throws Exception {
        try (var branch = new LearnBranch()) {
            branch.learn(ordered);
            branch.end();
            return branch.versions();
        }
    }

    @Override
    public void close() throws Exception {
        learn.close();
    }
}
