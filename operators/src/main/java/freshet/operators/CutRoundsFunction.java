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
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Deals out ordered texts, each once, to K workers: each source belongs to one of them, and a round
 * ends after so many batches of all, whoever they were for. Run at parallelism 1.
 *
 * <p>State: what the cutter keeps, bounded by the number of sources, and two counters.
 */
public final class CutRoundsFunction extends ProcessFunction<TextRecord, RoundItem>
        implements CheckpointedFunction {

    private static final int FORMAT_VERSION = 1;

    private final TextSetup setup;
    private final int workers;
    private final int batchesPerWorker;

    private transient BatchCutter<TextRecord, LearnerSetup.Batch<TextBatch>> cutter;
    private transient int inRound;
    private transient long latestMillis;
    private transient ListState<byte[]> saved;

    /**
     * @param workers K, at least 1
     * @param batchesPerWorker S, at least 1: a round has S times K batches
     */
    public CutRoundsFunction(TextSetup setup, int workers, int batchesPerWorker) {
        if (workers < 1 || batchesPerWorker < 1) {
            throw new IllegalArgumentException(
                    "workers %d and batches of each in a round %d must be at least 1"
                            .formatted(workers, batchesPerWorker));
        }
        this.setup = setup;
        this.workers = workers;
        this.batchesPerWorker = batchesPerWorker;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        cutter = setup.newCutter();
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "rounds-cut",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] state : saved.get()) {
            SavedState.read(
                    "rounds cut",
                    FORMAT_VERSION,
                    state,
                    in -> {
                        cutter.restore(SavedState.readBlock(in));
                        inRound = in.readInt();
                        latestMillis = in.readLong();
                    });
        }
    }

    @Override
    public void processElement(TextRecord record, Context context, Collector<RoundItem> out) {
        if (!record.learn) {
            return;
        }
        for (LearnerSetup.Batch<TextBatch> batch : cutter.add(record)) {
            latestMillis = Math.max(latestMillis, batch.eventTimeMillis());
            // Of a source's own name, not of the one whose record cut the batch.
            int worker = Math.floorMod(batch.content().source().hashCode(), workers);
            out.collect(RoundItem.of(worker, batch.content()));
            if (++inRound == workers * batchesPerWorker) {
                inRound = 0;
                for (int i = 0; i < workers; i++) {
                    out.collect(RoundItem.end(i, latestMillis));
                }
            }
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(
                SavedState.write(
                        FORMAT_VERSION,
                        out -> {
                            byte[] ofCutter = cutter.snapshot();
                            SavedState.writeBlock(out, ofCutter);
                            out.writeInt(inRound);
                            out.writeLong(latestMillis);
                        }));
    }
}
