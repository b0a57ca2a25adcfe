package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.RoundShare;
import freshet.learners.RoundWorker;
import freshet.learners.SavedState;
import freshet.learners.StepReport;
import freshet.learners.language.TextBatch;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * One of K workers that learn one text model, each a subtask: run at parallelism K, its items in
 * order. At the end of a round it leaves its share and stands still until those of all are there,
 * so that who is slow holds up whoever deals out the items. The first worker publishes: the
 * untrained version, one a round, and the last.
 *
 * <p>A worker stands still between two items, never at a checkpoint's barrier, and all workers have
 * the same items before a barrier: so in every checkpoint all are in the same round, and what they
 * need of each other afterwards is sent afterwards. That takes aligned checkpoints.
 *
 * <p>State: the worker's and the schedule's, and of the first worker's learner the probe's. A
 * change of K is refused.
 */
public final class RoundLearnFunction extends ProcessFunction<RoundItem, ModelVersion>
        implements CheckpointedFunction {

    /** The worker that publishes. */
    static final int PUBLISHER = 0;

    private static final int FORMAT_VERSION = 1;

    private final TextSetup setup;
    private final int workers;
    private final ShareLog.Factory log;
    private final OutputTag<OutRecord> telemetry;
    private final OutputTag<OutRecord> deadLetters;

    private transient int own;
    private transient RoundWorker<TextBatch> worker;
    private transient PublishingSchedule schedule;
    private transient long handed; // batches, those included that were refused
    private transient ShareLog shares;
    private transient ListState<Tuple2<Integer, byte[]>> saved;

    private transient TelemetryRecords telemetryRecords;
    private transient LearnerMetrics metrics;

    /**
     * @param log that the workers share
     */
    public RoundLearnFunction(
            TextSetup setup,
            RoundConfig rounds,
            ShareLog.Factory log,
            OutputTag<OutRecord> telemetry,
            OutputTag<OutRecord> deadLetters) {
        this.setup = setup;
        this.workers = rounds.workers();
        this.log = log;
        this.telemetry = telemetry;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        own = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (parallelism != workers) {
            throw new IllegalStateException(
                    "%d workers run at parallelism %d: it must be as many"
                            .formatted(workers, parallelism));
        }
        worker =
                new RoundWorker<>(
                        own == PUBLISHER ? setup.newLearner() : setup.newUnguarded(), own, workers);
        schedule = new PublishingSchedule(setup);
        shares = log.open(setup.modelName());
        saved =
                context.getOperatorStateStore()
                        .getUnionListState( // so that each finds its own, whatever the order
                                new ListStateDescriptor<>(
                                        "workers",
                                        Types.TUPLE(
                                                Types.INT,
                                                PrimitiveArrayTypeInfo
                                                        .BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
        int found = 0;
        for (Tuple2<Integer, byte[]> one : saved.get()) {
            found++;
            if (one.f0 == own) {
                LearnerSegments.orEnd(() -> restore(one.f1));
            }
        }
        if (found == 0) {
            schedule.begin(setup, worker.learner());
        }
        int workersSaved = found;
        LearnerSegments.orEnd(() -> check(workersSaved));
    }

    private void check(int found) {
        if (found != 0 && found != workers) {
            throw new IllegalArgumentException(
                    "the state is of %d workers: set rounds.workers back from %d"
                            .formatted(found, workers));
        }
    }

    private void restore(byte[] state) {
        SavedState.read(
                "one of several workers",
                FORMAT_VERSION,
                state,
                in -> {
                    worker.restore(SavedState.readBlock(in));
                    schedule.restore(SavedState.readBlock(in));
                    handed = in.readLong();
                });
    }

    @Override
    public void open(OpenContext context) {
        telemetryRecords = new TelemetryRecords(setup.modelName(), "learner");
        metrics = new LearnerMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(RoundItem item, Context context, Collector<ModelVersion> out)
            throws InterruptedException {
        switch (item.kind) {
            case BEGIN ->
                    publish(schedule.untrained(setup, worker.learner()), List.of(), context, out);
            case BATCH -> step(TextBatches.of(item.batch()), context);
            case END -> endRound(item, context, out);
            case LAST -> {
                ModelArtifact last = worker.learner().publish();
                schedule.ends(last);
                out.collect(schedule.last(setup, last, worker.learner()));
            }
        }
    }

    private void step(LearnerSetup.Batch<TextBatch> batch, Context context) {
        long start = System.nanoTime();
        StepReport report = worker.step(batch.content());
        metrics.stepped(report, System.nanoTime() - start);
        if (!report.applied()) {
            context.output(deadLetters, setup.refused(batch, report.refusal()));
        }
        handed++;
        if (setup.telemetry()) {
            // Each worker counts its own updates: under one name numbers would repeat.
            telemetryRecords
                    .ofBatch(
                            own == PUBLISHER ? "" : ":" + own,
                            batch,
                            report,
                            handed,
                            List.of(Measurement.of("updateRefused", report.applied() ? 0 : 1)))
                    .forEach(record -> context.output(telemetry, record));
        }
    }

    private void endRound(RoundItem end, Context context, Collector<ModelVersion> out)
            throws InterruptedException {
        for (RoundShare share : shares.exchange(end.start, worker.endRound(), workers)) {
            var unused = worker.add(share);
        }
        RoundWorker.Round round = worker.ended();
        schedule.roundEnded(end, round);
        if (own == PUBLISHER) {
            ModelVersion version = schedule.next(setup, worker.learner().publish());
            publish(version, round.measurements(), context, out);
        }
    }

    private void publish(
            ModelVersion version,
            List<Measurement> ofRound,
            Context context,
            Collector<ModelVersion> out) {
        out.collect(version);
        var points = new ArrayList<>(ofRound);
        points.addAll(worker.learner().probe());
        if (setup.telemetry() && !points.isEmpty()) {
            context.output(
                    telemetry,
                    telemetryRecords.of(
                            "publication", version.version, version.trainedThroughMillis, points));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(
                Tuple2.of(
                        own,
                        SavedState.write(
                                FORMAT_VERSION,
                                out -> {
                                    SavedState.writeBlock(out, worker.snapshot());
                                    SavedState.writeBlock(out, schedule.snapshot());
                                    out.writeLong(handed);
                                })));
    }

    @Override
    public void close() {
        if (worker != null) {
            worker.close();
        }
        if (shares != null) {
            shares.close();
        }
    }
}
