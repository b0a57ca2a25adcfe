package freshet.operators;

import freshet.learners.RoundShare;
import freshet.learners.RoundWorker;
import freshet.learners.StepReport;
import freshet.learners.language.TextBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * One of K workers that learn one text model, each a subtask: run at parallelism K. The first input
 * are its items, in order; the second the shares of all workers, as they come back from a topic of
 * one partition. What it brings to a round goes out as a record for that topic, at least once;
 * {@link RoundWorker} says why repeats do no harm. The first worker publishes a version a round.
 *
 * <p>While it waits for the others, its items are kept.
 *
 * <p>State: the worker's, and the items kept. Flink lets nobody hold one input back while it takes
 * checkpoints, so what bounds the items is how far the slowest worker is behind; beyond {@code
 * mostKept} the task fails, rather than fill the memory.
 */
public final class RoundLearnFunction extends CoProcessFunction<RoundItem, byte[], ModelVersion>
        implements CheckpointedFunction {

    private final TextSetup setup;
    private final int workers;
    private final int mostKept;
    private final OutputTag<OutRecord> shares;
    private final OutputTag<OutRecord> deadLetters;

    private transient RoundWorker<TextBatch> worker;
    private transient Deque<RoundItem> kept;
    private transient long endedMillis; // event time through which the round in question goes
    private transient boolean sendsAgain;
    private transient ListState<Tuple3<Integer, Long, byte[]>> savedWorkers;
    private transient ListState<RoundItem> savedItems;

    public RoundLearnFunction(
            TextSetup setup,
            int workers,
            int mostKept,
            OutputTag<OutRecord> shares,
            OutputTag<OutRecord> deadLetters) {
        this.setup = setup;
        this.workers = workers;
        this.mostKept = mostKept;
        this.shares = shares;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        int own = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (parallelism != workers) {
            throw new IllegalStateException(
                    "%d workers run at parallelism %d: it must be as many"
                            .formatted(workers, parallelism));
        }
        worker = new RoundWorker<>(setup.newUnguarded(), own, workers);
        kept = new ArrayDeque<>();
        var store = context.getOperatorStateStore();
        savedWorkers =
                store.getUnionListState( // so that each finds its own, whatever the order
                        new ListStateDescriptor<>(
                                "workers",
                                Types.TUPLE(
                                        Types.INT,
                                        Types.LONG,
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
        savedItems =
                store.getUnionListState(
                        new ListStateDescriptor<>("items", Types.POJO(RoundItem.class)));
        for (Tuple3<Integer, Long, byte[]> one : savedWorkers.get()) {
            if (one.f0 >= workers) {
                throw new IllegalStateException(
                        "the state is of more than %d workers: set back their number"
                                .formatted(workers));
            }
            if (one.f0 == own) {
                endedMillis = one.f1;
                worker.restore(one.f2);
                sendsAgain = worker.isWaiting();
            }
        }
        for (RoundItem item : savedItems.get()) {
            if (item.worker == own) {
                kept.add(item);
            }
        }
    }

    @Override
    public void processElement1(RoundItem item, Context context, Collector<ModelVersion> out) {
        sendAgain(context);
        if (kept.size() == mostKept) {
            throw new IllegalStateException(
                    "%d items wait for round %d to end: a worker stands still"
                            .formatted(mostKept, worker.round()));
        }
        kept.add(item);
        learnKept(context);
    }

    @Override
    public void processElement2(byte[] share, Context context, Collector<ModelVersion> out) {
        sendAgain(context);
        if (!worker.add(RoundShare.fromBytes(share))) {
            return;
        }
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            out.collect(version());
        }
        learnKept(context);
    }

    private void learnKept(Context context) {
        while (!worker.isWaiting() && !kept.isEmpty()) {
            RoundItem item = kept.remove();
            if (item.ends) {
                endedMillis = item.eventTimeMillis;
                send(worker.endRound(), context);
            } else {
                StepReport report = worker.step(item.batch());
                if (!report.applied()) {
                    context.output(
                            deadLetters,
                            DeadLetterRecords.of(
                                    item.batch(), setup.newTokenizer(), report.refusal()));
                }
            }
        }
    }

    /** A share may have been sent and lost between the checkpoint and the failure. */
    private void sendAgain(Context context) {
        if (sendsAgain) {
            sendsAgain = false;
            send(worker.share(), context);
        }
    }

    private void send(RoundShare share, Context context) {
        String key = setup.modelName() + "/" + share.round() + "/" + share.worker();
        context.output(
                shares, new OutRecord(key.getBytes(StandardCharsets.UTF_8), share.toBytes()));
    }

    private ModelVersion version() {
        ModelVersion version =
                ModelVersion.of(setup.modelName(), worker.round(), worker.learner().publish());
        version.parentVersion = worker.round() - 1;
        version.trainedThroughMillis = endedMillis;
        version.completeThroughMillis = endedMillis;
        version.learnedAppendTimeMillis = -1;
        version.tokenizerHash = setup.tokenizerHash();
        version.scoreBitsPerToken = Double.NaN;
        return version;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedWorkers.clear();
        savedWorkers.add(
                Tuple3.of(
                        getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                        endedMillis,
                        worker.snapshot()));
        savedItems.clear();
        for (RoundItem item : kept) {
            savedItems.add(item);
        }
    }

    @Override
    public void close() {
        if (worker != null) {
            worker.close();
        }
    }
}
