package freshet.operators;

import freshet.learners.language.Tokenizer;
import freshet.learners.memory.MixedText;
import freshet.learners.memory.NeighbourLists;
import freshet.schemas.AvroCodec;
import freshet.schemas.ExplainedToken;
import freshet.schemas.Floats;
import freshet.schemas.Neighbour;
import freshet.schemas.NextToken;
import freshet.schemas.TextPrediction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes predictions. Not thread-safe: one for each subtask. */
final class Predictions {

    private static final int NEIGHBOURS_SHOWN = 5;

    private final String modelName;
    private final Tokenizer tokenizer;
    private final AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);

    Predictions(String modelName, Tokenizer tokenizer) {
        this.modelName = modelName;
        this.tokenizer = tokenizer;
    }

    /** How stale the model was, in event time; -1 if it had learned nothing. */
    static long modelAgeMillis(EncodedText encoded) {
        return encoded.trainedThroughMillis < 0
                ? -1
                : encoded.text.eventTimeMillis - encoded.trainedThroughMillis;
    }

    OutRecord of(
            EncodedText encoded,
            boolean isTest,
            NeighbourLists neighbours,
            MixedText mixed,
            long servedAtMillis) {
        SequencedText text = encoded.text;
        TextPrediction prediction =
                TextPrediction.newBuilder()
                        .setModelName(modelName)
                        .setSource(text.source)
                        .setSequence(text.sequence)
                        .setEventTime(text.eventTimeMillis)
                        .setLearn(text.learn)
                        .setIsTest(isTest)
                        .setModelVersion(encoded.modelVersion)
                        .setTrainedThrough(encoded.trainedThroughMillis)
                        .setModelAgeMillis(modelAgeMillis(encoded))
                        .setServedAt(servedAtMillis)
                        .setTextBytes(text.textBytes)
                        .setBitsPerToken(floats(mixed.all()))
                        .setBitsAll(sum(mixed.all()))
                        .setBitsModelAndNeighbours(sum(mixed.modelAndNeighbours()))
                        .setBitsModel(sum(mixed.model()))
                        .setBitsContexts(sum(mixed.contexts()))
                        .setBitsFrozen(Double.isNaN(encoded.frozenBits) ? null : encoded.frozenBits)
                        .setNextTokens(nextTokens(mixed))
                        .setNeighbours(neighbours(neighbours))
                        .setModelShare((float) mixed.modelShare())
                        .setNeighbourShare((float) mixed.neighbourShare())
                        .setContextShare((float) mixed.contextShare())
                        .setExplanation(explanation(encoded))
                        .setExplanationFlow(
                                encoded.flow == null ? List.of() : Floats.list(encoded.flow))
                        .setExplanationFlowTotal(encoded.flowTotal)
                        .build();
        String key = modelName + "/" + text.source + "/" + text.sequence;
        return new OutRecord(key.getBytes(StandardCharsets.UTF_8), codec.encode(prediction));
    }

    private List<NextToken> nextTokens(MixedText mixed) {
        List<NextToken> tokens = new ArrayList<>();
        for (MixedText.NextToken next : mixed.next()) {
            tokens.add(
                    new NextToken(
                            ByteBuffer.wrap(tokenizer.token(next.token())), next.probability()));
        }
        return tokens;
    }

    private List<ExplainedToken> explanation(EncodedText encoded) {
        if (encoded.explanation == null) {
            return List.of();
        }
        int[] context = encoded.text.context;
        int[] tokens = encoded.text.tokens;
        int left = context.length + tokens.length - encoded.explanation.length;
        List<ExplainedToken> explained = new ArrayList<>(encoded.explanation.length);
        for (float share : encoded.explanation) {
            int token = left < context.length ? context[left] : tokens[left - context.length];
            explained.add(new ExplainedToken(ByteBuffer.wrap(tokenizer.token(token)), share));
            left++;
        }
        return explained;
    }

    /** Those of the last row: what follows the text. */
    private List<Neighbour> neighbours(NeighbourLists lists) {
        List<Neighbour> nearest = new ArrayList<>();
        int row = (lists.rows() - 1) * lists.k();
        for (int i = row; i < row + Math.min(NEIGHBOURS_SHOWN, lists.k()); i++) {
            if (lists.tokens()[i] < 0) {
                break;
            }
            nearest.add(
                    new Neighbour(
                            lists.positions()[i],
                            ByteBuffer.wrap(tokenizer.token(lists.tokens()[i])),
                            lists.squaredDistances()[i],
                            lists.modelVersions()[i]));
        }
        return nearest;
    }

    private static List<Float> floats(double[] values) {
        List<Float> floats = new ArrayList<>(values.length);
        for (double value : values) {
            floats.add((float) value);
        }
        return floats;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
