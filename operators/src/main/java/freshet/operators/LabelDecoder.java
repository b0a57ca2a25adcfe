package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.Label;
import freshet.schemas.UndecodableRecordException;

/** Decodes records of the labels topic. A label's source is the id of its image. */
public final class LabelDecoder extends RecordDecoder<ImageRecord> {

    private static final long serialVersionUID = 1;

    private final int classes;
    private transient AvroCodec<Label> codec;

    /**
     * @param classes C; labels are in [0, C)
     * @param maxAheadMillis see {@link RecordDecoder}
     */
    public LabelDecoder(int classes, long maxAheadMillis) {
        super(ImageRecord.class, maxAheadMillis);
        this.classes = classes;
    }

    @Override
    public String kind() {
        return "labels";
    }

    @Override
    ImageRecord newRecord() {
        return new ImageRecord();
    }

    @Override
    void read(byte[] value, ImageRecord record) throws UndecodableRecordException {
        if (codec == null) {
            codec = AvroCodec.of(Label.class);
        }
        Label label = codec.decode(value);
        record.recordId = label.getRecordId();
        record.source = label.getRecordId();
        record.eventTimeMillis = label.getEventTime();
        record.label = label.getLabel();
        record.learn = true;
    }

    @Override
    void check(ImageRecord record) {
        if (record.label < 0 || record.label >= classes) {
            problem(
                    record,
                    DeadLetterReason.INVALID,
                    "label is %d, classes are [0, %d)".formatted(record.label, classes));
        }
    }
}
