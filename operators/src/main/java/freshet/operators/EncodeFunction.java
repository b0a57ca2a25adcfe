package freshet.operators;

import freshet.learners.language.LanguageModel;
import freshet.learners.language.ScoredText;
import freshet.learners.memory.ModelPath;
import freshet.learners.memory.VocabularyTree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Scores texts with the model version that {@link ServingVersions} says is due: one that has not
 * seen the text, and in evaluation mode the one fixed by event time, waiting for it where it must.
 * Runs at any parallelism; the model is broadcast.
 *
 * <p>State: the versions that may still be served, kept so that a restarted predictor answers at
 * once with the weights it had (in live mode {@value ServingVersions#LIVE_VERSIONS}; in evaluation
 * mode bounded by the watermark alignment between models and observations; the frozen one beside
 * them), and the texts that wait for a version (bounded likewise; live mode starts with the
 * untrained weights and never waits).
 */
public final class EncodeFunction
        extends BroadcastProcessFunction<SequencedText, ModelVersion, EncodedText>
        implements CheckpointedFunction {

    /** Versions by number, broadcast to all subtasks. */
    public static final MapStateDescriptor<Long, ModelVersion> VERSIONS =
            new MapStateDescriptor<>("model-versions", Types.LONG, Types.POJO(ModelVersion.class));

    private final TextSetup setup;
    private final ServingConfig serving;

    private transient VocabularyTree tree;
    private transient ServingVersions versions;
    private transient Queue<SequencedText> waiting;
    private transient ListState<SequencedText> savedWaiting;

    private transient LanguageModel model;
    private transient ModelVersion loaded;
    private transient LanguageModel frozenModel;
    private transient ModelVersion loadedFrozen;

    public EncodeFunction(TextSetup setup, ServingConfig serving) {
        this.setup = setup;
        this.serving = serving;
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
        waiting = new ArrayDeque<>();
        savedWaiting =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "waiting-texts", Types.POJO(SequencedText.class)));
        savedWaiting.get().forEach(waiting::add);
    }

    @Override
    public void open(OpenContext context) {
        tree = setup.vocabularyTree();
        MetricGroup metrics =
                getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("encode");
        metrics.gauge("modelVersion", () -> loaded == null ? -1 : loaded.version);
        metrics.gauge("waitingTexts", () -> waiting.size());
        metrics.gauge("versionsKept", () -> versions.size());
    }

    @Override
    public void processBroadcastElement(
            ModelVersion version, Context context, Collector<EncodedText> out) throws Exception {
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
    public void processElement(
            SequencedText text, ReadOnlyContext context, Collector<EncodedText> out) {
        waiting.add(text);
        drain(out);
    }

    private void drain(Collector<EncodedText> out) {
        while (!waiting.isEmpty()) {
            SequencedText first = waiting.peek();
            ModelVersion due = versions.dueFor(first.eventTimeMillis, first.learn);
            if (due == null) {
                return;
            }
            out.collect(encode(waiting.remove(), due));
        }
    }

    private EncodedText encode(SequencedText text, ModelVersion due) {
        model = load(model, loaded, due);
        loaded = due;
        ScoredText scored = model.score(text.context, text.tokens);
        int[] candidates = NextTokens.mostProbable(scored, serving.candidates());

        EncodedText encoded = new EncodedText();
        encoded.text = text;
        encoded.modelVersion = due.version;
        encoded.trainedThroughMillis = due.trainedThroughMillis;
        encoded.learnedAppendTimeMillis = due.learnedAppendTimeMillis;
        encoded.keys = scored.keys();
        encoded.candidates = candidates;
        encoded.modelPath = ModelPath.of(tree, scored, text.tokens, candidates).toBytes();
        encoded.frozenBits = frozenBits(text, due);
        return encoded;
    }

    private double frozenBits(SequencedText text, ModelVersion due) {
        ModelVersion frozen = versions.frozenFor(text.eventTimeMillis);
        if (frozen == null || frozen.version == due.version) {
            return Double.NaN;
        }
        frozenModel = load(frozenModel, loadedFrozen, frozen);
        loadedFrozen = frozen;
        return NextTokens.bits(frozenModel.score(text.context, text.tokens), text.tokens);
    }

    private LanguageModel load(LanguageModel into, ModelVersion has, ModelVersion wanted) {
        if (into == null) {
            return setup.newModel(wanted.artifact());
        }
        if (has.version != wanted.version) {
            into.load(wanted.artifact());
        }
        return into;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedWaiting.clear();
        for (SequencedText text : waiting) {
            savedWaiting.add(text);
        }
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        if (frozenModel != null) {
            frozenModel.close();
        }
    }
}
