package freshet.operators;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Takes out records that do not advance their source's sequence: repeats. Those that are only to be
 * answered pass: whoever asks twice gets two answers. Records with a problem are taken out too. Run
 * at parallelism 1.
 *
 * <p>State: the last sequence of each source, bounded by the number of sources kept.
 */
public final class DropRepeatsFunction<R extends InRecord> extends ProcessFunction<R, R>
        implements CheckpointedFunction {

    private final int maxSources;
    private final OutputTag<OutRecord> deadLetters;

    private transient LastSequences lastSequences;
    private transient ListState<byte[]> saved;
    private transient Counter repeatedRecords;

    /**
     * @param deadLetters where repeats go; null: they are only counted, because the other branch
     *     puts the same records aside
     */
    public DropRepeatsFunction(int maxSources, OutputTag<OutRecord> deadLetters) {
        this.maxSources = maxSources;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        lastSequences = new LastSequences(maxSources);
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "last-sequences",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] bytes : saved.get()) {
            lastSequences.restore(bytes);
        }
    }

    @Override
    public void open(OpenContext context) {
        repeatedRecords =
                getRuntimeContext()
                        .getMetricGroup()
                        .addGroup("ml")
                        .addGroup("repeats")
                        .counter("repeatedRecords");
    }

    @Override
    public void processElement(R record, Context context, Collector<R> out) {
        if (!record.isValid()) {
            return;
        }
        if (!record.isNumbered() || lastSequences.advance(record.source, record.sequence)) {
            out.collect(record);
            return;
        }
        repeatedRecords.inc();
        if (deadLetters != null) {
            context.output(
                    deadLetters,
                    DeadLetterRecords.of(
                            record, DeadLetterReason.REPEATED, lastSequences.repeat(record)));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(lastSequences.snapshot());
    }
}
