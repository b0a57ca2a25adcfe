package freshet.benchmarks.pipeline;

import freshet.learners.vision.EncodedImage;
import freshet.pipelines.ImageOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes numbered images of one source, and their labels. Records are a millisecond apart. */
public final class ImageTopics implements AutoCloseable {

    private static final long FIRST_EVENT_TIME = 1_000_000;
    private static final String SOURCE = "clothes";

    private final String imagesTopic;
    private final String labelsTopic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AvroCodec<ImageObservation> observations = AvroCodec.of(ImageObservation.class);
    private final AvroCodec<Label> truths = AvroCodec.of(Label.class);

    public ImageTopics(PipelineRun run) {
        imagesTopic = run.config().get(ImageOptions.IMAGES_TOPIC);
        labelsTopic = run.config().get(ImageOptions.LABELS_TOPIC);
        producer = run.kafka().producer();
    }

    public static long eventTime(long number) {
        return FIRST_EVENT_TIME + number;
    }

    /** Number of the image of a time. */
    public static long number(long eventTimeMillis) {
        return eventTimeMillis - FIRST_EVENT_TIME;
    }

    /**
     * @return the record's value
     */
    public byte[] image(long number, EncodedImage image) {
        return image(number, image, eventTime(number));
    }

    /** The same, taken at another time. */
    public byte[] image(long number, EncodedImage image, long eventTimeMillis) {
        byte[] value =
                observations.encode(
                        new ImageObservation(
                                SOURCE,
                                number,
                                eventTimeMillis,
                                id(number),
                                ImageFormat.valueOf(image.format().name()),
                                image.width(),
                                image.height(),
                                image.channels(),
                                image.bitsPerChannel(),
                                ByteBuffer.wrap(image.bytes()),
                                true));
        byte[] key = SOURCE.getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(imagesTopic, key, value));
        return value;
    }

    /** The label of image {@code number}, which comes when image {@code at} does. */
    public void label(long number, int label, long at) {
        labelAt(number, label, eventTime(at));
    }

    /** The label of image {@code number}, given at a time. */
    public void labelAt(long number, int label, long eventTimeMillis) {
        byte[] value = truths.encode(new Label(id(number), label, eventTimeMillis));
        var unused = producer.send(new ProducerRecord<>(labelsTopic, value));
    }

    private static String id(long number) {
        return SOURCE + "/" + number;
    }

    @Override
    public void close() {
        producer.flush();
        producer.close();
    }
}
