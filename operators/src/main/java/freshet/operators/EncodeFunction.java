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
    private transient ServedModel<LanguageModel> frozenModel;

    public EncodeFunction(TextSetup setup, ServingConfig serving) {
        super(setup, serving, SequencedText.class, "encode");
        this.setup = setup;
        this.serving = serving;
    }

    @Override
    public void open(OpenContext context) {
        super.open(context);
        tree = setup.vocabularyTree();
        model = new ServedModel<>(setup::newModel, LanguageModel::load);
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
    void answer(SequencedText text, ModelVersion due, Collector<EncodedText> out) {
        ScoredText scored = model.of(due).score(text.context, text.tokens);
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
            var explanation = model.of(due).explain(text.context, text.tokens, withFlow);
            encoded.explanation = explanation.rollout();
            encoded.flow = explanation.flow();
            encoded.flowTotal = explanation.flowTotal();
        }
        out.collect(encoded);
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
        if (model != null) {
            model.close();
            frozenModel.close();
        }
    }
}
