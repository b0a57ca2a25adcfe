package freshet.operators;

import freshet.learners.tensor.Weights;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.UnreadableImageException;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageObservation;
import freshet.schemas.UndecodableRecordException;

/** Decodes records of the images topic, down to the numbers that the model reads. */
public final class ImageObservationDecoder extends RecordDecoder<ImageRecord> {

    private static final long serialVersionUID = 1;

    private final ImageForm form;
    private final FeatureEncoder encoder;
    private final ImageLimits limits;
    private transient AvroCodec<ImageObservation> codec;
    private transient ImageDecoder images;

    /**
     * @param form of the model's images
     * @param encoder stands between them and the model; null for none
     * @param limits what is not even tried
     * @param maxAheadMillis see {@link RecordDecoder}
     */
    public ImageObservationDecoder(
            ImageForm form, FeatureEncoder encoder, ImageLimits limits, long maxAheadMillis) {
        super(ImageRecord.class, maxAheadMillis);
        this.form = form;
        this.encoder = encoder;
        this.limits = limits;
    }

    @Override
    public String kind() {
        return "images";
    }

    @Override
    ImageRecord newRecord() {
        return new ImageRecord();
    }

    @Override
    void read(byte[] value, ImageRecord record) throws UndecodableRecordException {
        if (codec == null) {
            codec = AvroCodec.of(ImageObservation.class);
            images = new ImageDecoder(limits);
        }
        ImageObservation observation = codec.decode(value);
        record.source = observation.getSource();
        record.sequence = observation.getSequence();
        record.eventTimeMillis = observation.getEventTime();
        record.recordId = observation.getRecordId();
        record.learn = observation.getLearn();
        record.encoded =
                new EncodedImage(
                        EncodedImage.Format.valueOf(observation.getFormat().name()),
                        observation.getWidth(),
                        observation.getHeight(),
                        observation.getChannels(),
                        observation.getBitsPerChannel(),
                        bytes(observation.getPixels()));
    }

    @Override
    void check(ImageRecord record) {
        int length = record.recordId.length();
        if (length == 0 || length > MAX_SOURCE_CHARACTERS) { // a label's id is its source
            problem(
                    record,
                    DeadLetterReason.INVALID,
                    "record id has %d characters, must have 1 to %d"
                            .formatted(length, MAX_SOURCE_CHARACTERS));
        } else {
            try {
                float[] image = form.of(images.decode(record.encoded));
                record.image =
                        Weights.toBytes(encoder == null ? image : encoder.encode(image, form));
            } catch (UnreadableImageException e) {
                problem(record, DeadLetterReason.UNREADABLE_IMAGE, e.getMessage());
            }
        }
        record.encoded = null;
    }
}
