package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.UndecodableRecordException;
import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * Turns a record of a topic of observations into an observation or a problem. Never throws: a bad
 * record is data too.
 */
public abstract class RecordDecoder<R extends InRecord> implements Serializable {

    private static final long serialVersionUID = 1;

    static final int MAX_SOURCE_CHARACTERS = 256;

    private final Class<R> type;
    private final long maxAheadMillis;
    private transient AvroCodec<ControlCommand> commands; // made where it is used

    /**
     * @param maxAheadMillis how far an event time may lie after the log's own timestamp: one absurd
     *     date would otherwise push the watermark past everything that follows
     */
    RecordDecoder(Class<R> type, long maxAheadMillis) {
        this.type = type;
        this.maxAheadMillis = maxAheadMillis;
    }

    public long maxAheadMillis() {
        return maxAheadMillis;
    }

    /** What the records are, in the plural, as names of operators say it. */
    public abstract String kind();

    public Class<R> type() {
        return type;
    }

    /** An empty record. */
    abstract R newRecord();

    /**
     * Takes over what the bytes say.
     *
     * @throws UndecodableRecordException if they are not of the schema
     */
    abstract void read(byte[] value, R record) throws UndecodableRecordException;

    /** Looks at what is particular to the kind; the rest of a valid record has been looked at. */
    abstract void check(R record);

    public R decode(
            String topic,
            int partition,
            long offset,
            long appendTimeMillis,
            byte[] key,
            byte[] value,
            String[] headerNames,
            byte[][] headerValues) {
        R record = located(topic, partition, offset, appendTimeMillis, key, value);
        record.headerNames = headerNames;
        record.headerValues = headerValues;
        if (value == null) {
            return problem(record, DeadLetterReason.UNDECODABLE, "no value");
        }
        try {
            read(value, record);
        } catch (UndecodableRecordException e) {
            return problem(record, DeadLetterReason.UNDECODABLE, e.getMessage());
        }
        checkPlace(record);
        if (record.isValid()) {
            check(record);
        }
        return record;
    }

    /**
     * A command among the records. It comes before all records of its effective time; one whose
     * time is over comes at once.
     *
     * @return null if it is for another model
     */
    public R command(
            String modelName,
            String topic,
            int partition,
            long offset,
            long appendTimeMillis,
            byte[] key,
            byte[] value) {
        R record = located(topic, partition, offset, appendTimeMillis, key, value);
        record.headerNames = new String[0];
        record.headerValues = new byte[0][];
        record.command = value == null ? new byte[0] : value;
        record.source = ""; // observations have one
        record.sequence = offset;
        if (commands == null) {
            commands = AvroCodec.of(ControlCommand.class);
        }
        try {
            ControlCommand command = commands.decode(record.command);
            record.eventTimeMillis = command.getEffectiveFrom();
            return command.getModelName().equals(modelName) ? record : null;
        } catch (UndecodableRecordException e) {
            return problem(record, DeadLetterReason.UNDECODABLE, e.getMessage());
        }
    }

    private R located(
            String topic,
            int partition,
            long offset,
            long appendTimeMillis,
            byte[] key,
            byte[] value) {
        R record = newRecord();
        record.topic = topic;
        record.partition = partition;
        record.offset = offset;
        record.appendTimeMillis = appendTimeMillis;
        record.key = key;
        record.value = value;
        return record;
    }

    private void checkPlace(R record) {
        long latest = record.appendTimeMillis + maxAheadMillis;
        if (record.source.isEmpty() || record.source.length() > MAX_SOURCE_CHARACTERS) {
            problem(
                    record,
                    DeadLetterReason.INVALID,
                    "source has %d characters, must have 1 to %d"
                            .formatted(record.source.length(), MAX_SOURCE_CHARACTERS));
        } else if (record.sequence < 0) {
            problem(
                    record,
                    DeadLetterReason.INVALID,
                    "sequence is %d, must not be negative".formatted(record.sequence));
        } else if (record.eventTimeMillis < 0 || record.eventTimeMillis > latest) {
            problem(
                    record,
                    DeadLetterReason.INVALID,
                    "event time is %d, must be from 0 to %d, %d ms after the log's timestamp"
                            .formatted(record.eventTimeMillis, latest, maxAheadMillis));
        }
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    static <R extends InRecord> R problem(R record, DeadLetterReason reason, String detail) {
        record.problem = reason.name();
        record.problemDetail = detail;
        return record;
    }
}
