package freshet.operators;

import freshet.learners.language.LanguageModel;
import freshet.learners.language.ScoredText;
import freshet.learners.memory.ModelPath;
import freshet.learners.memory.VocabularyTree;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;

/**
 * Scores texts with the version that is due, and with the frozen one where there is one. Explains
 * one of so many texts of a source; which ones depends on source and sequence number alone, so that
 * the same are explained at every run and at any parallelism.
 */
public final class EncodeFunction extends ServingFunction<SequencedText, EncodedText> {

    private static final long serialVersionUID = 1;

    private final TextSetup setup;
    private final ServingConfig serving;

    private transient VocabularyTree tree;
    private transient ServedModel<LanguageModel> model;
    private transient ServedModel<LanguageModel> candidateModel;
    private transient ServedModel<LanguageModel> frozenModel;

    /** Without orders of trials. */
    public EncodeFunction(TextSetup setup, ServingConfig serving) {
        this(setup, serving, DecisionLog.Factory.none());
    }

    /**
     * @param log of what is ordered of trials
     */
    public EncodeFunction(TextSetup setup, ServingConfig serving, DecisionLog.Factory log) {
        super(setup, serving, SequencedText.class, "encode", log);
        this.setup = setup;
        this.serving = serving;
    }

    @Override
    public void open(OpenContext context) {
        super.open(context);
        tree = setup.vocabularyTree();
        model = new ServedModel<>(setup::newModel, LanguageModel::load);
        candidateModel = new ServedModel<>(setup::newModel, LanguageModel::load);
        frozenModel = new ServedModel<>(setup::newModel, LanguageModel::load);
    }

    @Override
    long eventTimeMillis(SequencedText text) {
        return text.eventTimeMillis;
    }

    @Override
    boolean isLearned(SequencedText text) {
        return text.learn;
    }

    @Override
    String trialKey(SequencedText text) {
        return text.source;
    }

    @Override
    RecordPlace place(SequencedText text) {
        return new RecordPlace(text.eventTimeMillis, text.source, text.sequence);
    }

    /** A text is its own outcome: how well it was foretold is known with it. */
    private void compare(SequencedText text, ModelVersion due, ScoredText scored) {
        ModelVersion stable = comparedWith(text, due);
        if (stable != null && text.tokens.length > 0) {
            ScoredText other = model.of(stable).score(text.context, text.tokens);
            trial().score(due.version, natsPerToken(scored, text), natsPerToken(other, text));
        }
    }

    private static double natsPerToken(ScoredText scored, SequencedText text) {
        return scored.nats(text.tokens) / text.tokens.length;
    }

    @Override
    void answer(SequencedText text, ModelVersion due, Collector<EncodedText> out) {
        LanguageModel answering = (isCandidate(due) ? candidateModel : model).of(due);
        ScoredText scored = answering.score(text.context, text.tokens);
        int[] nextTokens = NextTokens.mostProbable(scored, serving.candidates());

        EncodedText encoded = new EncodedText();
        encoded.text = text;
        encoded.modelVersion = due.version;
        encoded.trainedThroughMillis = due.trainedThroughMillis;
        encoded.learnedAppendTimeMillis = due.learnedAppendTimeMillis;
        encoded.keys = scored.keys();
        encoded.candidates = nextTokens;
        encoded.modelPath = ModelPath.of(tree, scored, text.tokens, nextTokens).toBytes();
        encoded.frozenBits = frozenBits(text, due);
        // Sources start at different numbers: many short ones are sampled too.
        long place = text.sequence + text.source.hashCode();
        if (serving.explains(place)) {
            boolean withFlow = serving.hasFlow(place, setup.model().layers());
            var explanation = answering.explain(text.context, text.tokens, withFlow);
            encoded.explanation = explanation.rollout();
            encoded.flow = explanation.flow();
            encoded.flowTotal = explanation.flowTotal();
        }
        out.collect(encoded);
        compare(text, due, scored);
    }

    private double frozenBits(SequencedText text, ModelVersion due) {
        ModelVersion frozen = frozenFor(text.eventTimeMillis);
        if (frozen == null || frozen.version == due.version) {
            return Double.NaN;
        }
        return NextTokens.bits(
                frozenModel.of(frozen).score(text.context, text.tokens), text.tokens);
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (model != null) {
            model.close();
            candidateModel.close();
            frozenModel.close();
        }
    }
}
