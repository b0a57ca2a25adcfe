package freshet.operators;

import freshet.learners.language.Tokenizer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Gives every text its place in one single order, its tokens and its context. Run at parallelism 1:
 * what follows may run in parallel, because the ordinal puts it back into this order.
 *
 * <p>Records that do not advance their source's sequence are repeats and are left out; queries
 * ({@code learn = false}) are exempt: whoever asks twice gets two answers. What is left out is only
 * counted here: the learn branch puts the same records into the dead letters, so that each is there
 * once.
 *
 * <p>State: see {@link SourceContexts}, bounded by the number of sources kept.
 */
public final class SequenceFunction extends ProcessFunction<TextRecord, SequencedText>
        implements CheckpointedFunction {

    private final SerializableSupplier<Tokenizer> newTokenizer;
    private final int contextTokens;
    private final int maxSources;

    private transient Tokenizer tokenizer;
    private transient SourceContexts sources;
    private transient Counter repeatedRecords;
    private transient ListState<byte[]> saved;

    public SequenceFunction(
            SerializableSupplier<Tokenizer> newTokenizer, int contextTokens, int maxSources) {
        this.newTokenizer = newTokenizer;
        this.contextTokens = contextTokens;
        this.maxSources = maxSources;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        sources = new SourceContexts(contextTokens, maxSources);
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "source-contexts",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] bytes : saved.get()) {
            sources.restore(bytes);
        }
    }

    @Override
    public void open(OpenContext context) {
        tokenizer = newTokenizer.get();
        MetricGroup metrics =
                getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("sequence");
        metrics.gauge("sourcesKept", () -> sources.size());
        repeatedRecords = metrics.counter("repeatedRecords");
    }

    @Override
    public void processElement(TextRecord record, Context context, Collector<SequencedText> out) {
        if (!record.isValid()) {
            return;
        }
        if (record.learn && !sources.advances(record.source, record.sequence)) {
            repeatedRecords.inc();
            return;
        }
        SequencedText text = SequencedText.of(record, tokenizer);
        sources.place(text);
        out.collect(text);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(sources.snapshot());
    }
}
