package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The learn branch behind the order, in harnesses: drop repeats, learn. */
final class LearnBranch implements AutoCloseable {

    private final OneInputStreamOperatorTestHarness<TextRecord, TextRecord> once;
    private final KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, ModelVersion> learn;

    /** One checkpoint of both operators. */
    record Checkpoint(OperatorSubtaskState once, OperatorSubtaskState learn) {}

    LearnBranch() throws Exception {
        this(null);
    }

    /** Goes on from a checkpoint; null: from the start. */
    LearnBranch(Checkpoint checkpoint) throws Exception {
        this(checkpoint, ControlSettings.none());
    }

    LearnBranch(Checkpoint checkpoint, ControlSettings control) throws Exception {
        this(checkpoint, control, 0);
    }

    LearnBranch(Checkpoint checkpoint, ControlSettings control, int paceEverySteps)
            throws Exception {
        this(checkpoint, control, paceEverySteps, SmallText.setup());
    }

    LearnBranch(Checkpoint checkpoint, TextSetup setup) throws Exception {
        this(checkpoint, ControlSettings.none(), 0, setup);
    }

    private LearnBranch(
            Checkpoint checkpoint, ControlSettings control, int paceEverySteps, TextSetup setup)
            throws Exception {
        once =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new DropRepeatsFunction<>(
                                        SmallText.setup().maxSources(), SmallText.DEAD_LETTERS)));
        learn =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(
                                new LearnFunction<>(
                                        setup,
                                        control,
                                        paceEverySteps,
                                        SmallText.TELEMETRY,
                                        SmallText.DEAD_LETTERS)),
                        record -> 0,
                        Types.INT);
        if (checkpoint != null) {
            once.initializeState(checkpoint.once());
            learn.initializeState(checkpoint.learn());
        }
        once.open();
        learn.open();
    }

    void learn(List<TextRecord> ordered) throws Exception {
        for (TextRecord record : ordered) {
            once.processElement(record, record.eventTimeMillis);
            for (TextRecord first : once.extractOutputValues()) {
                learn.processElement(first, first.eventTimeMillis);
            }
            once.getOutput().clear();
        }
    }

    Checkpoint checkpoint() throws Exception {
        return new Checkpoint(once.snapshot(1, 0), learn.snapshot(1, 0));
    }

    /** The stream ends: the last version says that none will follow. */
    void end() throws Exception {
        learn.processWatermark(Long.MAX_VALUE);
    }

    /** Those of the repeats, then those of the learner. */
    List<OutRecord> deadLetters() {
        return Stream.of(
                        once.getSideOutput(SmallText.DEAD_LETTERS),
                        learn.getSideOutput(SmallText.DEAD_LETTERS))
                .filter(Objects::nonNull)
                .flatMap(Collection::stream)
                .map(StreamRecord::getValue)
                .toList();
    }

    /** What the learner reported of one part, in order. */
    List<Telemetry> telemetry(String part) throws UndecodableRecordException {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        List<Telemetry> reports = new ArrayList<>();
        for (StreamRecord<OutRecord> record : learn.getSideOutput(SmallText.TELEMETRY)) {
            Telemetry report = codec.decode(record.getValue().value);
            if (report.getPart().equals(part)) {
                reports.add(report);
            }
        }
        return reports;
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
        once.close();
        learn.close();
    }
}
