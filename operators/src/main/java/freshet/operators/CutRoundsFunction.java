package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.SavedState;
import freshet.learners.language.TextBatch;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Deals out ordered texts, each once, to K workers: each source belongs to one of them, and a round
 * ends after so many batches of all, whoever they were for, and with the stream. Run at parallelism
 * 1, keyed by a constant.
 *
 * <p>State: what the cutter keeps and the worker of each source, bounded by the number of sources,
 * and a few counters.
 */
public final class CutRoundsFunction extends KeyedProcessFunction<Integer, TextRecord, RoundItem>
        implements CheckpointedFunction {

    private static final int FORMAT_VERSION = 2;

    /** In this and those before sources were dealt out by a hash: they are dealt out anew. */
    private static final int WITHOUT_OWNERS = 1;

    private final TextSetup setup;
    private final RoundConfig rounds;
    private final ShareLog.Factory log;

    private transient BatchCutter<TextRecord, LearnerSetup.Batch<TextBatch>> cutter;
    private transient SourceOwners owners;
    private transient boolean begun;
    private transient int inRound;
    private transient long eventTimeMillis;
    private transient long appendTimeMillis;
    private transient long start; // not state: each attempt has its own
    private transient ListState<byte[]> saved;

    /**
     * @param log that the workers share
     */
    public CutRoundsFunction(TextSetup setup, RoundConfig rounds, ShareLog.Factory log) {
        this.setup = setup;
        this.rounds = rounds;
        this.log = log;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        cutter = setup.newCutter();
        owners = new SourceOwners(rounds.workers(), setup.maxSources());
        try (ShareLog shares = log.open(setup.modelName())) {
            start = shares.end(); // no worker has ended a round yet: that takes an item from here
        }
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "rounds-cut",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] state : saved.get()) {
            SavedState.read(
                    "rounds cut",
                    WITHOUT_OWNERS,
                    FORMAT_VERSION,
                    state,
                    (format, in) -> {
                        cutter.restore(SavedState.readBlock(in));
                        begun = in.readBoolean();
                        inRound = in.readInt();
                        eventTimeMillis = in.readLong();
                        appendTimeMillis = in.readLong();
                        if (format > WITHOUT_OWNERS) {
                            owners.read(in);
                        }
                    });
        }
    }

    @Override
    public void processElement(TextRecord record, Context context, Collector<RoundItem> out) {
        if (!begun) {
            begun = true;
            context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
            out.collect(RoundItem.of(RoundItem.Kind.BEGIN, RoundLearnFunction.PUBLISHER));
        }
        if (!record.learn) {
            return;
        }
        appendTimeMillis = Math.max(appendTimeMillis, record.appendTimeMillis);
        for (LearnerSetup.Batch<TextBatch> batch : cutter.add(record)) {
            eventTimeMillis = Math.max(eventTimeMillis, batch.eventTimeMillis());
            // Of a source's own name, not of the one whose record cut the batch.
            int worker = owners.of(batch.content().source());
            out.collect(RoundItem.of(worker, batch.content()));
            if (++inRound == rounds.batches()) {
                endRound(out);
            }
        }
    }

    private void endRound(Collector<RoundItem> out) {
        for (int worker = 0; worker < rounds.workers(); worker++) {
            RoundItem end = RoundItem.of(RoundItem.Kind.END, worker);
            end.eventTimeMillis = eventTimeMillis;
            end.appendTimeMillis = appendTimeMillis;
            end.batches = inRound;
            end.start = start;
            out.collect(end);
        }
        inRound = 0;
    }

    /** The stream has ended. */
    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RoundItem> out) {
        if (inRound > 0) {
            endRound(out);
        }
        out.collect(RoundItem.of(RoundItem.Kind.LAST, RoundLearnFunction.PUBLISHER));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(
                SavedState.write(
                        FORMAT_VERSION,
                        out -> {
                            SavedState.writeBlock(out, cutter.snapshot());
                            out.writeBoolean(begun);
                            out.writeInt(inRound);
                            out.writeLong(eventTimeMillis);
                            out.writeLong(appendTimeMillis);
                            owners.write(out);
                        }));
    }
}
