package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.schemas.ExplainedToken;
import freshet.schemas.Neighbour;
import freshet.schemas.NextToken;
import freshet.schemas.TextObservation;
import freshet.schemas.TextPrediction;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The newest texts: how each ends, what may follow, and which memorised contexts say so; and of
 * each model the newest prediction that came with an explanation, with the tokens it drew on.
 *
 * <p>Bounded by {@link #SHOWN} predictions, as many explained ones and the ends of {@link
 * #MAX_TEXTS} texts.
 */
final class TextsSection extends Section {

    private static final int SHOWN = 6;
    private static final int MAX_TEXTS = 256;
    private static final int END_CHARACTERS = 160;
    private static final int NEIGHBOURS = 5;
    private static final int MAX_CHARACTER_BYTES = 4;

    /** Of one prediction, what is shown; the bits of each token are not kept. */
    private record Answer(TextPrediction prediction, long at) {}

    private final Deque<Answer> newest = new ArrayDeque<>();
    private final Map<String, Answer> explained = new LinkedHashMap<>(); // by model
    private final Map<String, String> ends = new LinkedHashMap<>();

    TextsSection() {
        super("texts");
    }

    void take(TextObservation text) {
        byte[] bytes = new byte[text.getText().remaining()];
        text.getText().duplicate().get(bytes);
        int from = Math.max(0, bytes.length - 4 * END_CHARACTERS);
        String end = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
        end = end.replaceAll("\\s+", " ");
        int cut = Math.max(0, end.length() - END_CHARACTERS);
        ends.put(
                key(text.getSource(), text.getSequence()),
                (from + cut > 0 ? "…" : "") + end.substring(cut));
        if (ends.size() > MAX_TEXTS) {
            ends.remove(ends.keySet().iterator().next());
        }
    }

    void take(TextPrediction prediction, long at) {
        prediction.setBitsPerToken(java.util.List.of());
        newest.addFirst(new Answer(prediction, at));
        boolean known = explained.containsKey(prediction.getModelName());
        if (!prediction.getExplanation().isEmpty() && (known || explained.size() < SHOWN)) {
            explained.put(prediction.getModelName(), new Answer(prediction, at));
        }
        if (newest.size() > SHOWN) {
            newest.removeLast();
        }
        changed();
    }

    private static String key(String source, long sequence) {
        return source + "/" + sequence;
    }

    @Override
    void write(ObjectNode into, View view) {
        var rows = into.putArray("texts");
        for (Answer answer : newest) {
            TextPrediction text = answer.prediction();
            ObjectNode row = rows.addObject();
            name(answer, row);
            row.put("end", ends.get(key(text.getSource(), text.getSequence())));
            double bytes = Math.max(1, text.getTextBytes());
            row.put("bitsPerByte", Timeline.rounded(text.getBitsAll() / bytes));
            row.put("modelShare", Timeline.rounded(text.getModelShare()));
            row.put("neighbourShare", Timeline.rounded(text.getNeighbourShare()));
            row.put("contextShare", Timeline.rounded(text.getContextShare()));
            next(text, row.putArray("next"));
            var neighbours = row.putArray("neighbours");
            text.getNeighbours().stream()
                    .limit(NEIGHBOURS)
                    .forEach(one -> write(one, neighbours.addObject()));
        }
        var drawn = into.putArray("explained");
        for (Answer answer : explained.values()) {
            ObjectNode row = drawn.addObject();
            name(answer, row);
            next(answer.prediction(), row.putArray("next"));
            tokens(answer.prediction(), row.putArray("tokens"));
        }
    }

    private static void name(Answer answer, ObjectNode row) {
        TextPrediction text = answer.prediction();
        row.put("model", text.getModelName());
        row.put("version", text.getModelVersion());
        row.put("source", text.getSource());
        row.put("sequence", text.getSequence());
        row.put("millis", answer.at());
        row.put("asked", !text.getLearn());
    }

    private static void next(TextPrediction text, ArrayNode into) {
        for (NextToken token : text.getNextTokens()) {
            into.addObject()
                    .put("token", text(token.getToken()))
                    .put("probability", Timeline.rounded(token.getProbability()));
        }
    }

    /** Tokens that share a character are shown as one. */
    private static void tokens(TextPrediction text, ArrayNode into) {
        var bytes = new ByteArrayOutputStream();
        double share = 0;
        double flow = 0;
        int count = text.getExplanation().size();
        boolean withFlow = text.getExplanationFlow().size() == count;
        for (int i = 0; i < count; i++) {
            ExplainedToken token = text.getExplanation().get(i);
            ByteBuffer own = token.getToken().duplicate();
            while (own.hasRemaining()) {
                bytes.write(own.get());
            }
            share += token.getShare();
            flow += withFlow ? text.getExplanationFlow().get(i) : 0;
            boolean last = i == count - 1;
            if (last || bytes.size() >= MAX_CHARACTER_BYTES || isWhole(bytes.toByteArray())) {
                ObjectNode shown = into.addObject();
                shown.put("token", bytes.toString(StandardCharsets.UTF_8));
                shown.put("share", Timeline.rounded(share));
                if (withFlow) {
                    shown.put("flow", Timeline.rounded(flow));
                }
                bytes.reset();
                share = 0;
                flow = 0;
            }
        }
    }

    private static boolean isWhole(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static void write(Neighbour neighbour, ObjectNode into) {
        into.put("token", text(neighbour.getToken()));
        into.put("squaredDistance", Timeline.rounded(neighbour.getSquaredDistance()));
        into.put("position", neighbour.getPosition());
        into.put("version", neighbour.getModelVersion());
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
