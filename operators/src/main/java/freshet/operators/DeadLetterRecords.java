package freshet.operators;

import freshet.learners.language.TextBatch;
import freshet.learners.language.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Dead letters: the original key, bytes and headers, and why in headers of our own. */
final class DeadLetterRecords {

    private DeadLetterRecords() {}

    static OutRecord of(InRecord record) {
        return of(record, DeadLetterReason.valueOf(record.problem), record.problemDetail);
    }

    static OutRecord of(InRecord record, DeadLetterReason reason, String detail) {
        Headers headers = new Headers();
        headers.copy(record.headerNames, record.headerValues);
        headers.put("freshet.topic", record.topic);
        headers.put("freshet.partition", String.valueOf(record.partition));
        headers.put("freshet.offset", String.valueOf(record.offset));
        headers.put("freshet.timestamp", String.valueOf(record.appendTimeMillis));
        return headers.on(record.key, record.value, reason, detail);
    }

    static OutRecord of(ModelRecord record, String detail) {
        Headers headers = new Headers();
        headers.put("freshet.topic", record.topic);
        headers.put("freshet.partition", String.valueOf(record.partition));
        headers.put("freshet.offset", String.valueOf(record.offset));
        headers.put("freshet.timestamp", String.valueOf(record.appendTimeMillis));
        return headers.on(record.key, record.value, DeadLetterReason.MODEL_REFUSED, detail);
    }

    /** A batch that the learner refused: its text, and where in the source it stands. */
    static OutRecord of(TextBatch batch, Tokenizer tokenizer, String refusal) {
        Headers headers = new Headers();
        headers.put("freshet.source", batch.source());
        headers.put("freshet.sequence.first", String.valueOf(batch.firstSequence()));
        headers.put("freshet.sequence.last", String.valueOf(batch.lastSequence()));
        headers.put("freshet.timestamp", String.valueOf(batch.eventTimeMillis()));
        return headers.on(
                utf8(batch.source()),
                tokenizer.decode(batch.tokens()),
                DeadLetterReason.HARMFUL,
                refusal);
    }

    /** A batch of images that the learner refused: their ids, a line each. */
    static OutRecord of(List<String> recordIds, long eventTimeMillis, String refusal) {
        Headers headers = new Headers();
        headers.put("freshet.timestamp", String.valueOf(eventTimeMillis));
        byte[] ids = utf8(String.join("\n", recordIds));
        return headers.on(utf8(recordIds.get(0)), ids, DeadLetterReason.HARMFUL, refusal);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class Headers {
        private final List<String> names = new ArrayList<>();
        private final List<byte[]> values = new ArrayList<>();

        void put(String name, String value) {
            names.add(name);
            values.add(utf8(value));
        }

        void copy(String[] theirNames, byte[][] theirValues) {
            names.addAll(List.of(theirNames));
            values.addAll(List.of(theirValues));
        }

        OutRecord on(byte[] key, byte[] value, DeadLetterReason reason, String detail) {
            put("freshet.reason", reason.name());
            put("freshet.detail", detail);
            OutRecord out = new OutRecord(key, value);
            out.headerNames = names.toArray(String[]::new);
            out.headerValues = values.toArray(byte[][]::new);
            return out;
        }
    }
}
