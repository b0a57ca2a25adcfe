package freshet.operators;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;
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
import org.apache.flink.util.OutputTag;

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
 * <p>With {@link ServingConfig#trial} the version that is due becomes a candidate, and {@link
 * VersionTrial} says which of two answers; orders to it come among the versions. Parallelism is 1
 * then.
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

    /** What comes of trials. */
    public static final OutputTag<OutRecord> TRIALS =
            new OutputTag<>("trials", Types.POJO(OutRecord.class));

    private final LearnerSetup<?, ?> setup;
    private final ServingConfig serving;
    private final DecisionLog.Factory log;
    private final Class<I> type;
    private final String step;

    private transient ServingVersions versions;
    private transient Queue<I> waiting;
    private transient ListState<I> savedWaiting;
    private transient long servedVersion;

    /** Null if every version is served at once. */
    private transient ServingTrial trial;

    /**
     * @param type of the records that wait
     * @param step as the metrics call it
     * @param log of what is ordered of trials
     */
    ServingFunction(
            LearnerSetup<?, ?> setup,
            ServingConfig serving,
            Class<I> type,
            String step,
            DecisionLog.Factory log) {
        this.setup = setup;
        this.serving = serving;
        this.log = log;
        this.type = type;
        this.step = step;
    }

    abstract long eventTimeMillis(I record);

    /** Whether the record is learned too, so that its answer may be scored. */
    abstract boolean isLearned(I record);

    /** By what a record is on one side or the other while a version is tried. */
    abstract String trialKey(I record);

    /** Where it stands among the others: an order holds after one of them. */
    abstract RecordPlace place(I record);

    /** Whether it is no question but what was answered before: no version is due for it. */
    boolean isOutcome(I record) {
        return false;
    }

    /** Takes an outcome, in its place among the questions. */
    void settle(I outcome) {}

    /**
     * Hands out the answer now, or later, such as by {@link #answerAsked}, or none if none is
     * needed.
     */
    abstract void answer(I record, ModelVersion due, Collector<O> out);

    /** Whether records wait for others to share their pass through the model. */
    boolean hasAsked() {
        return false;
    }

    /** Answers all that wait for others, in the order in which they came. */
    void answerAsked(Collector<O> out) {}

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

    /** Null if every version is served at once. */
    final VersionTrial trial() {
        return trial == null ? null : trial.versions();
    }

    /** See {@link VersionTrial#isCandidate}. */
    final boolean isCandidate(ModelVersion version) {
        return trial != null && trial.versions().isCandidate(version);
    }

    /**
     * The version whose answer to the same record a candidate's is compared with; null: none is.
     */
    final ModelVersion comparedWith(I record, ModelVersion answering) {
        return trial == null || !isLearned(record)
                ? null
                : trial.versions().comparedWith(answering, eventTimeMillis(record));
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
        if (serving.trial().enabled()) {
            trial =
                    new ServingTrial(
                            setup.modelName(),
                            serving.trial(),
                            log,
                            context.getOperatorStateStore());
        }
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
        if (version.isOrder()) {
            if (trial != null) {
                trial.take(version);
                tellTrials(context::output);
            }
            return;
        }
        versions.add(version);
        drain(out);
        tellTrials(context::output);
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
        tellTrials(context::output);
    }

    private void tellTrials(BiConsumer<OutputTag<OutRecord>, OutRecord> output) {
        if (trial != null) {
            for (OutRecord record : trial.versions().takeRecords()) {
                output.accept(TRIALS, record);
            }
        }
    }

    private void drain(Collector<O> out) {
        while (!waiting.isEmpty()) {
            I first = waiting.peek();
            if (isOutcome(first)) {
                reached(first);
                settle(waiting.remove());
                continue;
            }
            ModelVersion due = versions.dueFor(eventTimeMillis(first), isLearned(first));
            if (due == null) {
                return;
            }
            reached(first);
            ModelVersion served = onTrial(first, due);
            servedVersion = served.version;
            answer(waiting.remove(), served, out);
        }
    }

    private void reached(I record) {
        if (trial != null) {
            trial.reached(place(record));
        }
    }

    private ModelVersion onTrial(I record, ModelVersion due) {
        return trial == null
                ? due
                : trial.versions()
                        .of(trialKey(record), eventTimeMillis(record), due, isLearned(record));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (hasAsked()) {
            throw new IllegalStateException("records wait for others at a checkpoint");
        }
        savedWaiting.clear();
        for (I record : waiting) {
            savedWaiting.add(record);
        }
        if (trial != null) {
            trial.save();
        }
    }

    @Override
    public void close() throws Exception {
        if (trial != null) {
            trial.close();
        }
    }
}
