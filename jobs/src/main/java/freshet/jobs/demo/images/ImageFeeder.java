package freshet.jobs.demo.images;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.BackgroundWork;
import freshet.jobs.demo.Lead;
import freshet.learners.vision.DriftSource;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes pictures and labels into their topics, event time = now, with a bounded {@link Lead}. */
final class ImageFeeder implements AutoCloseable {

    private static final long LOOK_EVERY_MILLIS = 200;
    private static final int SIDE = 28;

    private final KafkaAccess kafka;
    private final String imagesTopic;
    private final String labelsTopic;
    private final TurningClothes clothes;
    private final int labelDelay;
    private final Lead lead;
    private final AvroCodec<ImageObservation> images = AvroCodec.of(ImageObservation.class);
    private final AvroCodec<Label> labels = AvroCodec.of(Label.class);
    private final BackgroundWork work = new BackgroundWork("feed the pictures", this::feed);
    private KafkaProducer<byte[], byte[]> producer;
    private long eventTimeMillis;
    private volatile int sent;
    private volatile boolean finished;

    /**
     * @param labelDelay turned pictures between one and its label
     */
    ImageFeeder(
            KafkaAccess kafka,
            String imagesTopic,
            String labelsTopic,
            TurningClothes clothes,
            int labelDelay,
            Lead lead) {
        this.kafka = kafka;
        this.imagesTopic = imagesTopic;
        this.labelsTopic = labelsTopic;
        this.clothes = clothes;
        this.labelDelay = labelDelay;
        this.lead = lead;
    }

    void start() {
        work.start();
    }

    /** Pictures written so far. */
    int sent() {
        return sent;
    }

    /** All pictures and labels are in their topics. */
    boolean isFinished() {
        return finished;
    }

    RuntimeException failure() {
        return work.failure();
    }

    private void feed() throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> opened = kafka.producer()) {
            producer = opened;
            while (!work.isStopped() && failure() == null && sent < clothes.size()) {
                if (lead.awaitRoom(LOOK_EVERY_MILLIS)) {
                    sendNext();
                }
            }
            if (sent == clothes.size()) {
                int first = Math.max(clothes.turningFrom(), clothes.size() - labelDelay);
                for (int picture = first; picture < clothes.size(); picture++) {
                    sendLabel(picture);
                }
                finished = true;
            }
            producer.flush();
        }
    }

    private void sendNext() {
        int picture = sent;
        eventTimeMillis = Math.max(System.currentTimeMillis(), eventTimeMillis + 1);
        lead.sent(eventTimeMillis);
        sendPicture(picture);
        if (clothes.isUpright(picture)) {
            sendLabel(picture);
        } else if (!clothes.isUpright(picture - labelDelay)) {
            sendLabel(picture - labelDelay);
        }
        sent = picture + 1;
    }

    private void sendPicture(int picture) {
        DriftSource.Item item = clothes.get(picture);
        String source = clothes.source(picture);
        send(
                imagesTopic,
                source,
                images.encode(
                        new ImageObservation(
                                source,
                                clothes.sequence(picture),
                                eventTimeMillis,
                                clothes.recordId(picture),
                                ImageFormat.RAW,
                                SIDE,
                                SIDE,
                                1,
                                8,
                                ByteBuffer.wrap(item.pixels()),
                                true)));
    }

    private void sendLabel(int picture) {
        String id = clothes.recordId(picture);
        int label = clothes.get(picture).label();
        send(labelsTopic, id, labels.encode(new Label(id, label, eventTimeMillis)));
    }

    private void send(String topic, String key, byte[] value) {
        var unused =
                producer.send(
                        new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value),
                        (metadata, problem) -> {
                            if (problem != null) {
                                work.fail(kafka.explained(topic, problem));
                            }
                        });
    }

    /** Stops between two pictures. */
    @Override
    public void close() {
        work.close();
    }
}
