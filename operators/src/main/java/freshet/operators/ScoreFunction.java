package freshet.operators;

import freshet.learners.Measurement;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Scores answers when their labels come, in the order of the labels: with the answer that was given
 * at the time, by the model that gave it. Answers of a model that had seen the image count for
 * nothing. Run at parallelism 1, keyed by a constant, behind an order by event time.
 *
 * <p>Reports to the telemetry: part {@code score} for all, {@code score:SOURCE} for each source,
 * after every so many scored records; part {@code drift} at each alarm of a detector on the error.
 *
 * <p>State: answers that wait for labels ({@link LabelJoin} says by what they are bounded), and the
 * tallies and detectors of {@link ClassScores}.
 */
public final class ScoreFunction extends KeyedProcessFunction<Integer, ImageRecord, OutRecord>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1;

    private final String modelName;
    private final LabelSettings labels;
    private final ClassScores.Config config;
    private final int reportEvery;

    private transient LabelJoin join;
    private transient LabelJoinState joinState;
    private transient ClassScores scores;
    private transient ListState<byte[]> savedScores;
    private transient Collector<OutRecord> out;
    private transient long notCounted;
    private transient TelemetryRecords telemetry;

    /**
     * @param reportEvery scored records between two reports, at least 1
     */
    public ScoreFunction(
            String modelName, LabelSettings labels, ClassScores.Config config, int reportEvery) {
        this.modelName = modelName;
        this.labels = labels;
        this.config = config;
        this.reportEvery = reportEvery;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        scores = new ClassScores(config);
        join =
                new LabelJoin(
                        labels.forScoring(),
                        new LabelJoin.Output() {
                            @Override
                            public void image(ImageRecord answer) {
                                if (answer.hasLabel()) {
                                    score(answer);
                                }
                            }

                            /** The learn branch puts the same labels aside. */
                            @Override
                            public void problem(
                                    ImageRecord record, DeadLetterReason reason, String detail) {}
                        });
        var store = context.getOperatorStateStore();
        joinState = new LabelJoinState(store);
        joinState.restore(join);
        savedScores =
                store.getListState(
                        new ListStateDescriptor<>(
                                "scores", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] bytes : savedScores.get()) {
            scores.restore(bytes);
        }
    }

    @Override
    public void open(OpenContext context) {
        telemetry = new TelemetryRecords(modelName, "score");
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("score");
        metrics.gauge("accuracySliding", () -> scores.all().sliding().accuracy());
        metrics.gauge("recordsScored", () -> scores.all().records());
        metrics.gauge("answersNotCounted", () -> notCounted);
        metrics.gauge("recordIdsKept", () -> join.size());
    }

    @Override
    public void processElement(
            ImageRecord record, Context context, Collector<OutRecord> collector) {
        if (!record.isLabel() && !record.isTest) {
            notCounted++;
            return;
        }
        out = collector;
        join.add(record);
    }

    private void score(ImageRecord answer) {
        List<Measurement> alarms = scores.add(answer.source, answer.probabilities, answer.label);
        long number = scores.all().records();
        if (!alarms.isEmpty()) {
            out.collect(telemetry.of("drift", number, answer.settledMillis, alarms));
        }
        if (number % reportEvery == 0) {
            out.collect(telemetry.of(number, answer.settledMillis, scores.measureAll()));
            for (String source : scores.sources()) {
                out.collect(
                        telemetry.of(
                                "score:" + source,
                                number,
                                answer.settledMillis,
                                scores.measure(source)));
            }
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        joinState.save(join);
        savedScores.update(List.of(scores.snapshot()));
    }
}
