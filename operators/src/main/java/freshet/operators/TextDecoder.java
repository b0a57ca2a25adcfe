package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import freshet.schemas.UndecodableRecordException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Turns a record of the text topic into an observation or a problem. Never throws: a bad record is
 * data too.
 */
public final class TextDecoder implements Serializable {

    private static final long serialVersionUID = 1;
    private static final int MAX_SOURCE_CHARACTERS = 256;

    private final int maxBytes;
    private final long maxAheadMillis;
    private transient AvroCodec<TextObservation> codec;

    /**
     * @param maxBytes longest text accepted
     * @param maxAheadMillis how far an event time may lie after the log's own timestamp: one absurd
     *     date would otherwise push the watermark past everything that follows
     */
    public TextDecoder(int maxBytes, long maxAheadMillis) {
        this.maxBytes = maxBytes;
        this.maxAheadMillis = maxAheadMillis;
    }

    /** How far an event time may lie after the log's timestamp, also of what learned from it. */
    public long maxAheadMillis() {
        return maxAheadMillis;
    }

    public TextRecord decode(
            String topic,
            int partition,
            long offset,
            long appendTimeMillis,
            byte[] key,
            byte[] value,
            String[] headerNames,
            byte[][] headerValues) {
        TextRecord record = new TextRecord();
        record.topic = topic;
        record.partition = partition;
        record.offset = offset;
        record.appendTimeMillis = appendTimeMillis;
        record.key = key;
        record.value = value;
        record.headerNames = headerNames;
        record.headerValues = headerValues;
        if (value == null) {
            return problem(record, DeadLetterReason.UNDECODABLE, "no value");
        }
        TextObservation observation;
        try {
            observation = codec().decode(value);
        } catch (UndecodableRecordException e) {
            return problem(record, DeadLetterReason.UNDECODABLE, e.getMessage());
        }
        record.source = observation.getSource();
        record.sequence = observation.getSequence();
        record.eventTimeMillis = observation.getEventTime();
        record.text = bytes(observation.getText());
        record.learn = observation.getLearn();
        return check(record);
    }

    private TextRecord check(TextRecord record) {
        if (record.source.isEmpty() || record.source.length() > MAX_SOURCE_CHARACTERS) {
            return problem(
                    record,
                    DeadLetterReason.INVALID,
                    "source has %d characters, must have 1 to %d"
                            .formatted(record.source.length(), MAX_SOURCE_CHARACTERS));
        }
        if (record.sequence < 0) {
            return problem(
                    record,
                    DeadLetterReason.INVALID,
                    "sequence is %d, must not be negative".formatted(record.sequence));
        }
        long latest = record.appendTimeMillis + maxAheadMillis;
        if (record.eventTimeMillis < 0 || record.eventTimeMillis > latest) {
            return problem(
                    record,
                    DeadLetterReason.INVALID,
                    "event time is %d, must be from 0 to %d, %d ms after the log's timestamp"
                            .formatted(record.eventTimeMillis, latest, maxAheadMillis));
        }
        if (record.text.length == 0) {
            return problem(record, DeadLetterReason.INVALID, "text is empty");
        }
        if (record.text.length > maxBytes) {
            return problem(
                    record,
                    DeadLetterReason.TOO_LONG,
                    "text has %d bytes, at most %d".formatted(record.text.length, maxBytes));
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record.text));
        } catch (CharacterCodingException e) {
            return problem(
                    record, DeadLetterReason.NOT_UTF8, "text is not UTF-8: " + e.getMessage());
        }
        return record;
    }

    private static TextRecord problem(TextRecord record, DeadLetterReason reason, String detail) {
        record.problem = reason.name();
        record.problemDetail = detail;
        return record;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private AvroCodec<TextObservation> codec() {
        if (codec == null) {
            codec = AvroCodec.of(TextObservation.class);
        }
        return codec;
    }
}
