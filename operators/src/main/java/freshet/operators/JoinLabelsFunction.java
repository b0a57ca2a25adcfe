package freshet.operators;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Gives images to learn their labels; the rule is {@link LabelJoin}'s. Images that are only to be
 * answered go no further, but their labels have found them. Run at parallelism 1, keyed by a
 * constant, behind an order by event time.
 */
public final class JoinLabelsFunction
        extends KeyedProcessFunction<Integer, ImageRecord, ImageRecord>
        implements CheckpointedFunction {

    private final LabelSettings labels;
    private final OutputTag<OutRecord> deadLetters;

    private transient LabelJoin join;
    private transient Context context; // of the call that is running
    private transient Collector<ImageRecord> out;
    private transient LabelJoinState state;
    private transient boolean endIsAwaited;

    public JoinLabelsFunction(LabelSettings labels, OutputTag<OutRecord> deadLetters) {
        this.labels = labels;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext initial) throws Exception {
        join =
                new LabelJoin(
                        labels.forLearning(),
                        new LabelJoin.Output() {
                            @Override
                            public void image(ImageRecord image) {
                                if (image.learn && (!image.late || labels.learnLate())) {
                                    out.collect(image);
                                }
                            }

                            @Override
                            public void problem(
                                    ImageRecord record, DeadLetterReason reason, String detail) {
                                context.output(
                                        deadLetters, DeadLetterRecords.of(record, reason, detail));
                            }
                        });
        state = new LabelJoinState(initial.getOperatorStateStore());
        state.restore(join);
    }

    @Override
    public void open(OpenContext open) {
        MetricGroup metrics =
                getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("labels");
        LabelJoin.Counts counts = join.counts();
        metrics.gauge("earlyLabels", () -> counts.early);
        metrics.gauge("labelsInTime", () -> counts.inTime);
        metrics.gauge("lateLabels", () -> counts.late);
        metrics.gauge("repeatedLabels", () -> counts.repeated);
        metrics.gauge("contradictingLabels", () -> counts.contradicting);
        metrics.gauge("imagesNeverLabelled", () -> counts.never);
        metrics.gauge("labelsWithoutImage", () -> counts.withoutImage);
        metrics.gauge("recordIdsKept", () -> join.size());
    }

    @Override
    public void processElement(ImageRecord record, Context now, Collector<ImageRecord> collector) {
        if (!endIsAwaited) {
            now.timerService().registerEventTimeTimer(Long.MAX_VALUE);
            endIsAwaited = true;
        }
        if (record.isCommand()) {
            collector.collect(record);
            return;
        }
        context = now;
        out = collector;
        join.add(record);
    }

    /** The stream has ended. */
    @Override
    public void onTimer(long timestamp, OnTimerContext now, Collector<ImageRecord> collector) {
        context = now;
        out = collector;
        join.end();
    }

    @Override
    public void snapshotState(FunctionSnapshotContext snapshot) throws Exception {
        state.save(join);
    }
}
