package freshet.operators;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Answers records with the model version that {@link ServingVersions} says is due: one that has not
 * seen the record, and in evaluation mode the one fixed by event time, waiting for it where it
 * must. Runs at any parallelism; the model is broadcast.
 *
 * <p>State: the versions that may still be served, kept so that a restarted predictor answers at
 * once with the weights it had (in live mode {@value ServingVersions#LIVE_VERSIONS}; in evaluation
 * mode bounded by the watermark alignment between models and observations; the frozen one beside
 * them), and the records that wait for a version (bounded likewise; live mode starts with the
 * untrained weights and never waits).
 *
 * @param <I> what is answered
 * @param <O> the answer
 */
public abstract class ServingFunction<I, O> extends BroadcastProcessFunction<I, ModelVersion, O>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1;

    /** Versions by number, broadcast to all subtasks. */
    public static final MapStateDescriptor<Long, ModelVersion> VERSIONS =
            new MapStateDescriptor<>("model-versions", Types.LONG, Types.POJO(ModelVersion.class));

    private final LearnerSetup<?, ?> setup;
    private final ServingConfig serving;
    private final Class<I> type;
    private final String step;

    private transient ServingVersions versions;
    private transient Queue<I> waiting;
    private transient ListState<I> savedWaiting;
    private transient long servedVersion;

    /**
     * @param type of the records that wait
     * @param step as the metrics call it
     */
    ServingFunction(LearnerSetup<?, ?> setup, ServingConfig serving, Class<I> type, String step) {
        this.setup = setup;
        this.serving = serving;
        this.type = type;
        this.step = step;
    }

    abstract long eventTimeMillis(I record);

    /** Whether the record is learned too, so that its answer may be scored. */
    abstract boolean isLearned(I record);

    /** Hands out the answer now, later, or none if none is needed. */
    abstract void answer(I record, ModelVersion due, Collector<O> out);

    /** How records that wait for a version are shared out when the parallelism changes. */
    ListState<I> waitingState(OperatorStateStore store, ListStateDescriptor<I> state)
            throws Exception {
        return store.getListState(state);
    }

    /** Whether a record that waited is for this subtask. */
    boolean isMine(I record) {
        return true;
    }

    /** See {@link ServingVersions#frozenFor}. */
    final ModelVersion frozenFor(long eventTimeMillis) {
        return versions.frozenFor(eventTimeMillis);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        versions = new ServingVersions(serving);
        List<ModelVersion> kept = new ArrayList<>();
        for (var entry : context.getOperatorStateStore().getBroadcastState(VERSIONS).entries()) {
            kept.add(entry.getValue());
        }
        if (kept.isEmpty() && !serving.evaluation()) {
            kept.add(setup.untrainedVersion()); // the one that every learner starts with
        }
        versions.restore(kept);
        savedWaiting =
                waitingState(
                        context.getOperatorStateStore(),
                        new ListStateDescriptor<>("waiting", Types.POJO(type)));
        List<I> mine = new ArrayList<>();
        for (I record : savedWaiting.get()) {
            if (isMine(record)) {
                mine.add(record);
            }
        }
        // After a change of parallelism the records of several subtasks come one after another, but
        // versions are let go in the order of event time.
        mine.sort(Comparator.comparingLong(this::eventTimeMillis));
        waiting = new ArrayDeque<>(mine);
    }

    @Override
    public void open(OpenContext context) {
        servedVersion = -1;
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup(step);
        metrics.gauge("modelVersion", () -> servedVersion);
        metrics.gauge("recordsWaiting", () -> waiting.size());
        metrics.gauge("versionsKept", () -> versions.size());
    }

    @Override
    public final void processBroadcastElement(
            ModelVersion version, Context context, Collector<O> out) throws Exception {
        if (!version.modelName.equals(setup.modelName())) {
            return;
        }
        versions.add(version);
        drain(out);
        BroadcastState<Long, ModelVersion> kept = context.getBroadcastState(VERSIONS);
        kept.clear();
        for (ModelVersion one : versions.kept()) {
            kept.put(one.version, one);
        }
    }

    @Override
    public final void processElement(I record, ReadOnlyContext context, Collector<O> out) {
        waiting.add(record);
        drain(out);
    }

    private void drain(Collector<O> out) {
        while (!waiting.isEmpty()) {
            I first = waiting.peek();
            ModelVersion due = versions.dueFor(eventTimeMillis(first), isLearned(first));
            if (due == null) {
                return;
            }
            servedVersion = due.version;
            answer(waiting.remove(), due, out);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedWaiting.clear();
        for (I record : waiting) {
            savedWaiting.add(record);
        }
    }
}
