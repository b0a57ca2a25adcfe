package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.memory.ExpertMixer;
import freshet.learners.memory.MemoryAnswer;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MixedText;
import freshet.learners.memory.ModelPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Joins a scored text with the answers of all shards, in the single order, and mixes the experts.
 * Every token is scored before the mixture learns from it. Run at parallelism 1: the weights are
 * one sequence of updates, and a cheap one.
 *
 * <p>A prediction counts as a test only if neither the version that answered nor any version that
 * made keys of the memory, or taught the mixture's weights, had seen the text: in live mode, where
 * texts of different partitions come out of order, a key may stem from a later version than the one
 * that answers.
 *
 * <p>State: the mixer's weights (fixed size), the number of the next text, the event time that the
 * memory's keys know of, and texts and answers that came before their turn (bounded by what is
 * between the operators).
 */
public final class MixFunction extends CoProcessFunction<EncodedText, ShardAnswer, OutRecord>
        implements CheckpointedFunction {

    private final TextSetup setup;
    private final MemoryConfig memory;
    private final ServingConfig serving;
    private final OutputTag<OutRecord> telemetry;

    private transient ExpertMixer mixer;
    private transient long next;

    /** Latest trainedThrough among the versions that have made keys of the memory; -1: none. */
    private transient long taughtThroughMillis;

    private transient TreeMap<Long, EncodedText> texts;
    private transient TreeMap<Long, ShardAnswer[]> answers;

    private transient ListState<byte[]> savedMixer;
    private transient ListState<Long> savedNext;
    private transient ListState<Long> savedTaughtThrough;
    private transient ListState<EncodedText> savedTexts;
    private transient ListState<ShardAnswer> savedAnswers;

    private transient Predictions predictions;
    private transient TelemetryRecords telemetryRecords;
    private transient Counter tokensPredicted;
    private transient long lastLatencyMillis;
    private transient long lastModelAgeMillis;
    private transient LearningLag learningLag;
    private transient MemoryTelemetry memoryTelemetry;

    public MixFunction(
            TextSetup setup,
            MemoryConfig memory,
            ServingConfig serving,
            OutputTag<OutRecord> telemetry) {
        this.setup = setup;
        this.memory = memory;
        this.serving = serving;
        this.telemetry = telemetry;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        mixer = new ExpertMixer(setup.vocabularyTree(), ExpertMixer.Config.defaults());
        texts = new TreeMap<>();
        answers = new TreeMap<>();
        memoryTelemetry = new MemoryTelemetry();
        var store = context.getOperatorStateStore();
        savedMixer =
                store.getListState(
                        new ListStateDescriptor<>(
                                "mixer", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        savedNext = store.getListState(new ListStateDescriptor<>("next", Types.LONG));
        savedTaughtThrough =
                store.getListState(new ListStateDescriptor<>("taught-through", Types.LONG));
        savedTexts =
                store.getListState(
                        new ListStateDescriptor<>("texts", Types.POJO(EncodedText.class)));
        savedAnswers =
                store.getListState(
                        new ListStateDescriptor<>("answers", Types.POJO(ShardAnswer.class)));
        var parts = savedMixer.get().iterator();
        if (parts.hasNext()) {
            mixer.restore(parts.next());
            memoryTelemetry.restore(parts.next());
        }
        for (long value : savedNext.get()) {
            next = value;
        }
        taughtThroughMillis = -1;
        for (long value : savedTaughtThrough.get()) {
            taughtThroughMillis = value;
        }
        savedTexts.get().forEach(text -> texts.put(text.text.ordinal, text));
        savedAnswers.get().forEach(this::keep);
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("mix");
        tokensPredicted = metrics.counter("tokensPredicted");
        learningLag = new LearningLag();
        predictions = new Predictions(setup.modelName(), setup.newTokenizer());
        telemetryRecords = new TelemetryRecords(setup.modelName(), "memory");
        metrics.gauge("predictionLatencyMs", () -> lastLatencyMillis);
        metrics.gauge("modelAgeMs", () -> lastModelAgeMillis);
        metrics.gauge("learningLagMs", () -> learningLag.lastMillis());
        metrics.gauge("textsWaiting", () -> texts.size());
    }

    @Override
    public void processElement1(EncodedText text, Context context, Collector<OutRecord> out)
            throws Exception {
        texts.put(text.text.ordinal, text);
        drain(context, out);
    }

    @Override
    public void processElement2(ShardAnswer answer, Context context, Collector<OutRecord> out)
            throws Exception {
        keep(answer);
        drain(context, out);
    }

    private void keep(ShardAnswer answer) {
        answers.computeIfAbsent(answer.ordinal, unused -> new ShardAnswer[memory.shards()])[
                        answer.shard] =
                answer;
    }

    private void drain(Context context, Collector<OutRecord> out) throws Exception {
        while (texts.containsKey(next) && isComplete(answers.get(next))) {
            EncodedText text = texts.remove(next);
            mix(text, merge(answers.remove(next), text.modelVersion), context, out);
            next++;
        }
    }

    private static boolean isComplete(ShardAnswer[] all) {
        if (all == null) {
            return false;
        }
        for (ShardAnswer answer : all) {
            if (answer == null) {
                return false;
            }
        }
        return true;
    }

    private MemoryAnswer merge(ShardAnswer[] all, long modelVersion) {
        List<MemoryAnswer> inShardOrder = new ArrayList<>(all.length);
        for (ShardAnswer answer : all) {
            inShardOrder.add(MemoryAnswer.fromBytes(answer.answer));
        }
        return MemoryAnswer.merge(inShardOrder, memory.neighbours(), modelVersion);
    }

    private void mix(
            EncodedText encoded, MemoryAnswer answer, Context context, Collector<OutRecord> out) {
        SequencedText text = encoded.text;
        MixedText mixed =
                mixer.mix(
                        text.context,
                        text.tokens,
                        ModelPath.fromBytes(encoded.modelPath),
                        answer.neighbours(),
                        answer.contexts(),
                        encoded.candidates,
                        text.learn);
        boolean isTest =
                !ServingVersions.hasSeen(encoded.trainedThroughMillis, text.eventTimeMillis)
                        && !ServingVersions.hasSeen(taughtThroughMillis, text.eventTimeMillis);
        if (text.learn) {
            taughtThroughMillis = Math.max(taughtThroughMillis, encoded.trainedThroughMillis);
        }
        long now = System.currentTimeMillis();
        tokensPredicted.inc(text.tokens.length);
        lastLatencyMillis = now - text.appendTimeMillis;
        lastModelAgeMillis = Predictions.modelAgeMillis(encoded);
        long lag = learningLag.served(encoded, now);
        long servedAt = serving.evaluation() ? 0 : now; // evaluation: the same bytes at every run
        out.collect(predictions.of(encoded, isTest, answer.neighbours(), mixed, servedAt));
        if (setup.telemetry()) {
            report(encoded, answer, lag, context);
        }
    }

    private void report(EncodedText encoded, MemoryAnswer answer, long lag, Context context) {
        List<Measurement> points = new ArrayList<>(answer.measurements());
        if (!serving.evaluation() && lag >= 0) {
            points.add(Measurement.of("learningLagMillis", (double) lag));
        }
        List<Measurement> measurements = memoryTelemetry.add(points);
        if (measurements.isEmpty()) {
            return;
        }
        context.output(
                telemetry,
                telemetryRecords.of(
                        encoded.text.ordinal, encoded.text.eventTimeMillis, measurements));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedMixer.clear();
        savedMixer.add(mixer.snapshot());
        savedMixer.add(memoryTelemetry.snapshot());
        savedNext.update(List.of(next));
        savedTaughtThrough.update(List.of(taughtThroughMillis));
        savedTexts.update(new ArrayList<>(texts.values()));
        savedAnswers.clear();
        for (Map.Entry<Long, ShardAnswer[]> waiting : answers.entrySet()) {
            for (ShardAnswer answer : waiting.getValue()) {
                if (answer != null) {
                    savedAnswers.add(answer);
                }
            }
        }
    }
}
