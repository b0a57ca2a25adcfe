package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import freshet.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes records of the text topic. */
public final class TextDecoder extends RecordDecoder<TextRecord> {

    private static final long serialVersionUID = 1;

    private final int maxBytes;
    private transient AvroCodec<TextObservation> codec;

    /**
     * @param maxBytes longest text accepted
     * @param maxAheadMillis see {@link RecordDecoder}
     */
    public TextDecoder(int maxBytes, long maxAheadMillis) {
        super(TextRecord.class, maxAheadMillis);
        this.maxBytes = maxBytes;
    }

    @Override
    public String kind() {
        return "texts";
    }

    @Override
    TextRecord newRecord() {
        return new TextRecord();
    }

    @Override
    void read(byte[] value, TextRecord record) throws UndecodableRecordException {
        if (codec == null) {
            codec = AvroCodec.of(TextObservation.class);
        }
        TextObservation observation = codec.decode(value);
        record.source = observation.getSource();
        record.sequence = observation.getSequence();
        record.eventTimeMillis = observation.getEventTime();
        record.text = bytes(observation.getText());
        record.learn = observation.getLearn();
    }

    @Override
    void check(TextRecord record) {
        if (record.text.length == 0) {
            problem(record, DeadLetterReason.INVALID, "text is empty");
        } else if (record.text.length > maxBytes) {
            problem(
                    record,
                    DeadLetterReason.TOO_LONG,
                    "text has %d bytes, at most %d".formatted(record.text.length, maxBytes));
        } else {
            checkEncoding(record);
        }
    }

    private static void checkEncoding(TextRecord record) {
        try {
            var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record.text));
        } catch (CharacterCodingException e) {
            problem(record, DeadLetterReason.NOT_UTF8, "text is not UTF-8: " + e.getMessage());
        }
    }
}
