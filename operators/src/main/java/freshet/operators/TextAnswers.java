package freshet.operators;

import freshet.learners.language.LanguageModel;
import freshet.learners.language.ScoredText;
import freshet.learners.language.Tokenizer;
import freshet.schemas.AvroCodec;
import freshet.schemas.Floats;
import freshet.schemas.NextToken;
import freshet.schemas.TextPrediction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers texts by the transformer alone: no memory, no hashed contexts, no explanation.
 *
 * <p>State: the last tokens of each source of the model, bounded by the number of sources kept.
 */
public final class TextAnswers implements ModelAnswers<TextRecord> {

    private static final int SHOWN = 5;
    private static final double LN_2 = Math.log(2);

    private final Tokenizer tokenizer;
    private final SourceContexts sources;
    private final AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
    private final ServedModel<LanguageModel> model;

    public TextAnswers(TextSetup setup) {
        tokenizer = setup.newTokenizer();
        sources = new SourceContexts(setup.model().window(), setup.maxSources());
        model = new ServedModel<>(setup::newModel, LanguageModel::load);
    }

    @Override
    public OutRecord answer(TextRecord record, ModelVersion version) {
        SequencedText text = SequencedText.of(record, tokenizer);
        sources.place(text);
        return prediction(text, version, model.of(version).score(text.context, text.tokens));
    }

    private OutRecord prediction(SequencedText text, ModelVersion version, ScoredText scored) {
        float[] bits = new float[text.tokens.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (float) (scored.nats(i, text.tokens[i]) / LN_2);
        }
        double all = NextTokens.bits(scored, text.tokens);
        List<NextToken> next = new ArrayList<>();
        int last = scored.rows() - 1;
        for (int token : NextTokens.mostProbable(scored, SHOWN)) {
            next.add(
                    new NextToken(
                            ByteBuffer.wrap(tokenizer.token(token)),
                            Math.exp(-scored.nats(last, token))));
        }
        long through = version.trainedThroughMillis;
        var prediction =
                TextPrediction.newBuilder()
                        .setModelName(version.modelName)
                        .setSource(text.source)
                        .setSequence(text.sequence)
                        .setEventTime(text.eventTimeMillis)
                        .setLearn(text.learn)
                        .setIsTest(!ServingVersions.hasSeen(through, text.eventTimeMillis))
                        .setModelVersion(version.version)
                        .setTrainedThrough(through)
                        .setModelAgeMillis(through < 0 ? -1 : text.eventTimeMillis - through)
                        .setServedAt(0) // the same bytes at every run
                        .setTextBytes(text.textBytes)
                        .setBitsPerToken(Floats.list(bits))
                        .setBitsAll(all)
                        .setBitsModelAndNeighbours(all)
                        .setBitsModel(all)
                        .setBitsContexts(Double.NaN)
                        .setNextTokens(next)
                        .setNeighbours(List.of())
                        .setModelShare(1)
                        .setNeighbourShare(0)
                        .setContextShare(0)
                        .build();
        String key = version.modelName + "/" + text.source + "/" + text.sequence;
        return new OutRecord(key.getBytes(StandardCharsets.UTF_8), codec.encode(prediction));
    }

    @Override
    public byte[] snapshot() {
        return sources.snapshot();
    }

    @Override
    public void restore(byte[] snapshot) {
        sources.restore(snapshot);
        model.forget();
    }

    @Override
    public void close() throws Exception {
        model.close();
    }
}
