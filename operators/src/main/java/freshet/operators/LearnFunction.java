package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Feeds ordered records, each once, to one learner, and publishes a model version every so many
 * updates. Run at parallelism 1 per model, keyed by a constant: a change of parallelism would need
 * snapshots merged.
 *
 * <p>The first version is the untrained one, or that of the weights to start from, so that
 * predictors can answer from the first record on. At the end of a bounded stream the last version
 * says that none will follow.
 *
 * <p>Commands come among the records and take effect between two of them; {@link CommandIntake}
 * says how that is the same after a recovery.
 *
 * <p>State: the learner's snapshot (weights, moments, replay of bounded size; {@link
 * LearnerSegments} says how what does not change is kept), the batch cutter's (bounded by the
 * number of sources kept), the commands' and the versions kept, the base of {@link
 * PublicationBlend}, and a few counters.
 */
public final class LearnFunction<R extends InRecord, B>
        extends KeyedProcessFunction<Integer, R, ModelVersion> implements CheckpointedFunction {

    private static final String LEARNER = "learner";

    private final LearnerSetup<R, B> setup;
    private final ControlSettings controlled;
    private final int paceEverySteps;
    private final OutputTag<OutRecord> telemetry;
    private final OutputTag<OutRecord> deadLetters;

    private transient BatchCutter<R, LearnerSetup.Batch<B>> cutter;
    private transient OnlineLearner<B> learner;
    private transient PublishingSchedule schedule;
    private transient PublishedVersions published;
    private transient PublicationBlend blend;
    private transient LearningControl control;
    private transient DecisionLog decisions;
    private transient CommandIntake commands;
    private transient AvroCodec<ControlCommand> commandCodec;
    private transient ListState<byte[]> saved;
    private transient LearnerSegments segments;

    private transient TelemetryRecords telemetryRecords;
    private transient LearnerMetrics metrics;
    private transient Pace pace;

    /**
     * @param paceEverySteps updates between two reports of how long one takes; 0: none
     */
    public LearnFunction(
            LearnerSetup<R, B> setup,
            ControlSettings controlled,
            int paceEverySteps,
            OutputTag<OutRecord> telemetry,
            OutputTag<OutRecord> deadLetters) {
        this.setup = setup;
        this.controlled = controlled;
        this.paceEverySteps = paceEverySteps;
        this.telemetry = telemetry;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        cutter = setup.newCutter();
        learner = setup.newLearner();
        schedule = new PublishingSchedule(setup);
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "learner",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        segments = new LearnerSegments(learner, context.getKeyedStateStore());
        published = new PublishedVersions(context.getKeyedStateStore(), controlled.versionsKept());
        blend = new PublicationBlend(controlled.blend(), setup.published());
        control = new LearningControl(learner, published, blend::of);
        decisions = controlled.log().open(setup.modelName());
        commands = new CommandIntake(setup.modelName(), control, decisions);
        commandCodec = AvroCodec.of(ControlCommand.class);
        var parts = saved.get().iterator();
        if (parts.hasNext()) {
            segments.restore(LearnerSnapshot.fromBytes(parts.next()));
            cutter.restore(parts.next());
            schedule.restore(parts.next());
            if (parts.hasNext()) { // not there before commands were
                commands.restore(parts.next());
            }
            if (parts.hasNext()) { // there only where versions are blended
                blend.restore(parts.next());
            }
        } else {
            schedule.begin(setup, learner);
        }
        blend.begin(learner);
        commands.open();
    }

    @Override
    public void open(OpenContext context) {
        telemetryRecords = new TelemetryRecords(setup.modelName(), LEARNER);
        pace = new Pace(paceEverySteps);
        metrics = new LearnerMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(R record, Context context, Collector<ModelVersion> out)
            throws Exception {
        segments.completeRestore();
        if (!schedule.hasStarted()) {
            context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
            publish(schedule.untrained(setup, learner), false, context, out);
        }
        if (record.isCommand()) {
            commands.take(commandCodec.decode(record.command), schedule.step());
            return;
        }
        if (!record.learn) {
            return;
        }
        commands.reached(record, schedule.step());
        schedule.learned(record.appendTimeMillis);
        for (LearnerSetup.Batch<B> batch : cutter.add(record)) {
            switch (control.fateOfNextBatch()) {
                case LEARN -> step(batch, context);
                case PASS -> schedule.passed(batch.eventTimeMillis());
                case PUT_ASIDE -> {
                    schedule.passed(batch.eventTimeMillis());
                    context.output(deadLetters, setup.refused(batch, "put aside by order"));
                }
            }
            if (schedule.hasMoved() && control.takePublishesNext() || schedule.isDue()) {
                publish(schedule.next(setup, control.toPublish()), true, context, out);
            }
        }
    }

    /**
     * @param isNew or else there is nothing to measure: the version of no data and no time, or the
     *     last of a bounded stream, which only says so of the one before
     */
    private void publish(
            ModelVersion version, boolean isNew, Context context, Collector<ModelVersion> out) {
        if (!control.isHeld()) { // else it is one of those kept, under another number
            published.add(version);
        }
        out.collect(version);
        if (setup.telemetry() && isNew) {
            var points = new ArrayList<Measurement>();
            points.add(Measurement.of("publicationHeld", control.isHeld() ? 1 : 0));
            points.add(Measurement.of("learningFrozen", control.isFrozen() ? 1 : 0));
            points.addAll(learner.probe());
            context.output(
                    telemetry,
                    telemetryRecords.of(
                            "publication", version.version, version.trainedThroughMillis, points));
        }
    }

    private void step(LearnerSetup.Batch<B> batch, Context context) {
        long start = System.nanoTime();
        StepReport report = learner.step(batch.content());
        long nanos = System.nanoTime() - start;
        metrics.stepped(report, nanos);
        if (!report.applied()) {
            context.output(deadLetters, setup.refused(batch, report.refusal()));
        }
        schedule.stepped(batch.eventTimeMillis(), report);
        if (setup.telemetry()) {
            report(report, batch, context);
        }
        pace.stepped(nanos)
                .ifPresent(
                        took ->
                                context.output(
                                        telemetry,
                                        telemetryRecords.of(
                                                "pace",
                                                schedule.handed(),
                                                batch.eventTimeMillis(),
                                                List.of(took))));
    }

    private void report(StepReport report, LearnerSetup.Batch<B> batch, Context context) {
        var became = new ArrayList<Measurement>();
        became.add(Measurement.of("updateRefused", report.applied() ? 0 : 1));
        if (!report.applied() && Double.isFinite(report.loss())) {
            became.add(Measurement.of("lossNats", report.loss()));
        }
        telemetryRecords
                .ofBatch("", batch, report, schedule.handed(), became)
                .forEach(record -> context.output(telemetry, record));
    }

    /** The stream has ended: no further version will come. */
    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ModelVersion> out)
            throws Exception {
        segments.completeRestore();
        commands.ended(schedule.step());
        ModelArtifact last = control.toPublish();
        schedule.ends(last);
        boolean isNew = schedule.hasMoved();
        publish(schedule.last(setup, last, learner), isNew, context, out);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(segments.snapshot().toBytes());
        saved.add(cutter.snapshot());
        saved.add(schedule.snapshot());
        saved.add(commands.snapshot());
        if (blend.hasState()) {
            saved.add(blend.snapshot());
        }
    }

    @Override
    public void close() {
        if (learner != null) {
            learner.close();
        }
        if (decisions != null) {
            decisions.close();
        }
    }
}
