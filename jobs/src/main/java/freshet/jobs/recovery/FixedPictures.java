package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The pictures of {@link PictureStream}: four sources spread over the partitions, out of order by
 * up to 450 ms between sources, and a fifth that is the canary. Labels in time, late, of nothing,
 * and contradicting; the late ones are learned.
 */
final class FixedPictures implements RealStream {

    private static final String CANARY = "canary";
    private static final int LABELLED_AT_ONCE = 40;
    private static final int LABEL_DELAY = 12; // pictures

    private final Map<String, String> more;
    private final AvroCodec<ImageObservation> pictures = AvroCodec.of(ImageObservation.class);
    private final AvroCodec<Label> truths = AvroCodec.of(Label.class);

    /**
     * @param more settings, beyond its own
     */
    FixedPictures(Map<String, String> more) {
        this.more = more;
    }

    @Override
    public Map<String, String> settings(String name) {
        Map<String, String> settings = new TreeMap<>();
        settings.put(FreshetOptions.PIPELINE.key(), "images");
        settings.put(ImageOptions.IMAGES_TOPIC.key(), images(name));
        settings.put(ImageOptions.LABELS_TOPIC.key(), labels(name));
        settings.put("images.height", String.valueOf(PictureStream.SIDE));
        settings.put("images.width", String.valueOf(PictureStream.SIDE));
        settings.put("images.classes", String.valueOf(PictureStream.CLASSES));
        settings.put("labels.wait", "200 ms");
        settings.put("labels.max-delay", "5 s");
        settings.put("labels.learn-late", "true");
        settings.put("adaptation.batch", "4");
        settings.put("adaptation.ramp-images", "60");
        settings.put("adaptation.reservoir-per-class", "4");
        settings.put("canary.source", CANARY);
        settings.put("canary.images", "8");
        settings.put("score.window-records", "10");
        settings.put("score.report-every", "5");
        settings.putAll(more);
        return settings;
    }

    private static String images(String name) {
        return name + ".images";
    }

    private static String labels(String name) {
        return name + ".labels";
    }

    @Override
    public void publish(
            KafkaAccess kafka,
            String name,
            int partitions,
            int records,
            long seed,
            Consumer<String> beforeEach) {
        RealStream.createTopic(kafka, images(name), partitions);
        RealStream.createTopic(kafka, labels(name), partitions);
        int first = (int) seed * records; // of the pictures: each is a function of its number
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < records; i++) {
                long now = RealStream.eventTime(i);
                int source = i % SOURCES;
                ImageObservation picture =
                        PictureStream.picture(first + i, now - source * SOURCE_DELAY_MILLIS);
                boolean isCanary = i % 6 == 5;
                picture.setSource(isCanary ? CANARY : "camera-" + source);
                picture.setLearn(i % 17 != 16);
                beforeEach.accept(
                        "image/%s/%d".formatted(picture.getSource(), picture.getSequence()));
                int partition = isCanary ? 0 : source % partitions; // a source stays in one
                send(producer, images(name), partition, now, pictures.encode(picture));
                for (Label label : labels(i, first, records)) {
                    send(producer, labels(name), i % partitions, now, truths.encode(label));
                }
            }
            producer.flush();
        }
    }

    /** Those that come when this picture does. */
    private static Label[] labels(int i, int first, int records) {
        long now = RealStream.eventTime(i);
        if (i % 11 == 10) {
            int other = first + i - 5;
            return new Label[] {
                new Label(PictureStream.id(other), 1 - PictureStream.label(other), now),
                new Label(PictureStream.id(first + records + i), 0, now)
            };
        }
        int labelled =
                i < LABELLED_AT_ONCE || i % 5 == 0 ? first + i : first + i - LABEL_DELAY; // or late
        return new Label[] {
            new Label(PictureStream.id(labelled), PictureStream.label(labelled), now)
        };
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            String topic,
            int partition,
            long logMillis,
            byte[] value) {
        byte[] key = topic.getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(topic, partition, logMillis, key, value));
    }
}
