package freshet.jobs.recovery;

import freshet.learners.tensor.CounterRandom;
import freshet.operators.ImageRecord;
import freshet.operators.RecordDecoder;
import freshet.pipelines.ImageSettings;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Small noisy pictures whose upper or lower half is bright, and their labels, in the order of
 * arrival. The same at every call: a picture's class and pixels are functions of its number.
 */
final class PictureStream {

    static final int SIDE = 8;
    static final int CLASSES = 2;

    private static final long START_MILLIS = 10_000;
    private static final long STEP_MILLIS = 2;
    private static final int SOURCES = 2;

    private final ImageSettings settings;

    /** An image where a label is null, and the other way round. */
    private final List<ImageRecord> images = new ArrayList<>();

    private final List<ImageRecord> labels = new ArrayList<>();
    private final AvroCodec<ImageObservation> imageCodec = AvroCodec.of(ImageObservation.class);
    private final AvroCodec<Label> labelCodec = AvroCodec.of(Label.class);

    PictureStream(ImageSettings settings) {
        this.settings = settings;
    }

    List<ImageRecord> images() {
        return images;
    }

    List<ImageRecord> labels() {
        return labels;
    }

    int size() {
        return images.size();
    }

    static int label(int number) {
        return (int) new CounterRandom(12, 0, number).nextLong(CLASSES);
    }

    static String id(int number) {
        return "picture " + number;
    }

    /** Event time of a picture that is not out of order. */
    static long eventTime(int number) {
        return START_MILLIS + STEP_MILLIS * number;
    }

    /** A picture as its sender would write it. */
    static ImageObservation picture(int number, long eventTimeMillis) {
        var random = new CounterRandom(11, 0, (long) number * SIDE * SIDE);
        byte[] pixels = new byte[SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            boolean bright = i / (pixels.length / 2) == label(number);
            pixels[i] = (byte) (random.nextLong(80) + (bright ? 160 : 0));
        }
        return new ImageObservation(
                "camera-" + number % SOURCES,
                (long) number / SOURCES,
                eventTimeMillis,
                id(number),
                ImageFormat.RAW,
                SIDE,
                SIDE,
                1,
                8,
                ByteBuffer.wrap(pixels),
                true);
    }

    void add(ImageObservation observation, long appendTimeMillis) {
        byte[] value = imageCodec.encode(observation);
        images.add(decoded(settings.decoder(), "images", appendTimeMillis, value));
        labels.add(null);
    }

    void addLabel(int number, int label, long eventTimeMillis) {
        byte[] value = labelCodec.encode(new Label(id(number), label, eventTimeMillis));
        labels.add(decoded(settings.labelDecoder(), "labels", eventTimeMillis, value));
        images.add(null);
    }

    private ImageRecord decoded(
            RecordDecoder<ImageRecord> decoder, String topic, long appendTimeMillis, byte[] value) {
        int offset = images.size();
        return decoder.decode(
                topic,
                0,
                offset,
                appendTimeMillis,
                (topic + "@" + offset).getBytes(StandardCharsets.UTF_8),
                value,
                new String[0],
                new byte[0][]);
    }
}
