package freshet.operators;

import freshet.learners.Measurement;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.SerializableSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many small learners, one for each model, keyed by its name. Each learns its own records in the
 * order in which they come, so that its weights follow from these alone, whatever else the job
 * learns and at whatever parallelism. A record is answered before it is learned.
 *
 * <p>An operator and not a function, because learners live as objects with native memory between
 * records and go to keyed state when another needs their place or a checkpoint is taken: a function
 * cannot choose the key there. The one used longest ago makes room; which one it is changes no bit,
 * as a learner that is restored goes on as if it had never stopped.
 *
 * <p>State per model: what its learner's snapshot holds, the version published last (the weights
 * once more), what the cutter waits for, and for at most {@link LearnerSetup#maxSources} sources
 * the last sequence and context. Bounded by the number of models that {@link AdmitModelsFunction}
 * lets through. Native memory: {@code live} learners, and as many models that answer.
 */
public final class ManyLearnersOperator<R extends InRecord, B>
        extends AbstractStreamOperator<ModelVersion>
        implements OneInputStreamOperator<R, ModelVersion>, BoundedOneInput {

    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ManyLearnersOperator.class);
    private static final String LEARNER = "learner";

    private final LearnerSetup<R, B> setup;
    private final ManyLearnersConfig limits;
    private final SerializableSupplier<? extends ModelAnswers<R>> newAnswers;
    private final OutputTag<OutRecord> predictions;
    private final OutputTag<OutRecord> telemetry;
    private final OutputTag<OutRecord> deadLetters;

    private transient ValueState<byte[]> learners;
    private transient ValueState<byte[]> progress;
    private transient ValueState<ModelVersion> versions;

    /** In order of last use, the longest unused first. */
    private transient Map<String, LiveModel<R, B>> live;

    private transient LiveModel.Saved pristine; // what every model begins with
    private transient Counter steps;
    private transient Counter batchesRefused;
    private transient Counter wentBack;
    private transient Counter swaps;

    /**
     * @param setup of every model, its name aside
     * @param newAnswers null: records are learned and not answered
     */
    public ManyLearnersOperator(
            LearnerSetup<R, B> setup,
            ManyLearnersConfig limits,
            SerializableSupplier<? extends ModelAnswers<R>> newAnswers,
            OutputTag<OutRecord> predictions,
            OutputTag<OutRecord> telemetry,
            OutputTag<OutRecord> deadLetters) {
        this.setup = setup;
        this.limits = limits;
        this.newAnswers = newAnswers;
        this.predictions = predictions;
        this.telemetry = telemetry;
        this.deadLetters = deadLetters;
    }

    @Override
    public void open() throws Exception {
        super.open();
        live = new LinkedHashMap<>(16, 0.75f, true);
        learners = getRuntimeContext().getState(bytes(LEARNER));
        progress = getRuntimeContext().getState(bytes("progress"));
        versions =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "last-version", Types.POJO(ModelVersion.class)));
        MetricGroup metrics = getMetricGroup().addGroup("ml").addGroup("many");
        metrics.gauge("liveModels", () -> live.size());
        steps = metrics.counter("steps");
        batchesRefused = metrics.counter("batchesRefused");
        wentBack = metrics.counter("learnersGoneBack");
        swaps = metrics.counter("learnersSwapped");
    }

    private static ValueStateDescriptor<byte[]> bytes(String name) {
        return new ValueStateDescriptor<>(
                name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    @Override
    public void processElement(StreamRecord<R> element) throws Exception {
        R record = element.getValue();
        LiveModel<R, B> model = live((String) getCurrentKey());
        ModelVersion first = model.first();
        if (first != null) {
            output.collect(new StreamRecord<>(first));
        }
        String repeat = model.repeats(record);
        if (repeat != null) {
            put(
                    deadLetters,
                    DeadLetterRecords.of(record, DeadLetterReason.REPEATED, repeat)
                            .withHeader("freshet.model", model.name()));
            return;
        }
        OutRecord answer = model.answer(record);
        if (answer != null) {
            put(predictions, answer);
        }
        if (!record.learn) {
            return;
        }
        for (LearnerSetup.Batch<B> batch : model.cut(record)) {
            step(model, batch);
            ModelVersion due = model.due();
            if (due != null) {
                output.collect(new StreamRecord<>(due));
            }
        }
    }

    private void step(LiveModel<R, B> model, LearnerSetup.Batch<B> batch) {
        LiveModel.Step step = model.step(batch);
        if (step.report().applied()) {
            steps.inc();
        } else {
            batchesRefused.inc();
            put(
                    deadLetters,
                    setup.refused(batch, step.report().refusal())
                            .withHeader("freshet.model", model.name()));
        }
        if (!step.wentBack().isEmpty()) {
            wentBack.inc();
            LOG.warn("model {}: {}", model.name(), step.wentBack());
        }
        if (setup.telemetry()) {
            report(model, step, batch);
        }
    }

    private void report(LiveModel<R, B> model, LiveModel.Step step, LearnerSetup.Batch<B> batch) {
        List<Measurement> became =
                List.of(
                        Measurement.of("updateRefused", step.report().applied() ? 0 : 1),
                        Measurement.of("wentBack", step.wentBack().isEmpty() ? 0 : 1));
        new TelemetryRecords(model.name(), LEARNER)
                .ofBatch("", batch, step.report(), step.handed(), became)
                .forEach(record -> put(telemetry, record));
    }

    private void put(OutputTag<OutRecord> tag, OutRecord record) {
        output.collect(tag, new StreamRecord<>(record));
    }

    /** The model of the current key; if it is not in memory, another one makes room. */
    private LiveModel<R, B> live(String name) throws Exception {
        LiveModel<R, B> model = live.get(name);
        if (model != null) {
            return model;
        }
        if (live.size() < limits.live()) {
            model =
                    new LiveModel<>(
                            setup,
                            limits.refusalsAllowed(),
                            newAnswers == null ? null : newAnswers.get());
            if (pristine == null) {
                pristine = model.save();
            }
        } else {
            Iterator<LiveModel<R, B>> longestUnused = live.values().iterator();
            model = longestUnused.next();
            longestUnused.remove();
            save(model);
            swaps.inc();
            setCurrentKey(name);
        }
        byte[] learner = learners.value();
        model.load(
                name,
                learner == null
                        ? pristine
                        : new LiveModel.Saved(learner, progress.value(), versions.value()));
        live.put(name, model);
        return model;
    }

    /** Leaves the model's name as current key. */
    private void save(LiveModel<R, B> model) throws Exception {
        if (!model.hasChanged()) {
            return;
        }
        setCurrentKey(model.name());
        LiveModel.Saved saved = model.save();
        learners.update(saved.learner());
        progress.update(saved.progress());
        versions.update(saved.last());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (LiveModel<R, B> model : live.values()) {
            save(model);
        }
    }

    /** The stream has ended: no further version of any model will come. */
    @Override
    public void endInput() throws Exception {
        for (LiveModel<R, B> model : live.values()) {
            save(model); // so that its key is among those of the state
        }
        List<String> names;
        try (var keys =
                this.<String>getKeyedStateBackend().getKeys(LEARNER, VoidNamespace.INSTANCE)) {
            names = keys.sorted().toList();
        }
        for (String name : names) {
            setCurrentKey(name);
            output.collect(new StreamRecord<>(live(name).end()));
        }
    }

    @Override
    public void close() throws Exception {
        if (live != null) {
            for (LiveModel<R, B> model : live.values()) {
                model.close();
            }
        }
        super.close();
    }
}
