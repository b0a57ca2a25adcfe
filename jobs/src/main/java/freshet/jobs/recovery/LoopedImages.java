package freshet.jobs.recovery;

import freshet.learners.scoring.PrequentialScore;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.ShiftAndScale;
import freshet.operators.ClassScores;
import freshet.operators.ImageObservationDecoder;
import freshet.operators.ImageRecord;
import freshet.operators.ImageSetup;
import freshet.operators.LabelDecoder;
import freshet.operators.LabelSettings;
import freshet.operators.ModelRecord;
import freshet.operators.OutRecord;
import freshet.operators.ServingConfig;
import freshet.pipelines.ImagePipeline;
import freshet.pipelines.ImageSettings;
import freshet.pipelines.Learned;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The image pipeline with a model small enough to run hundreds of times: bright and dark halves of
 * pictures of 8 x 8 to tell apart, with labels in time, late, early, twice, contradicting, without
 * an image, and none at all.
 */
final class LoopedImages implements LoopedPipeline {

    private static final int SIDE = 8;
    private static final int CLASSES = 2;
    private static final long START_MILLIS = 10_000;
    private static final long DISORDER_MILLIS = 2;
    private static final long LABEL_DELAY_MILLIS = 15;

    private final ImageSettings settings;

    /** In the order of arrival; an image where a label is null, and the other way round. */
    private final List<ImageRecord> images = new ArrayList<>();

    private final List<ImageRecord> labels = new ArrayList<>();
    private final AvroCodec<ImageObservation> imageCodec = AvroCodec.of(ImageObservation.class);
    private final AvroCodec<Label> labelCodec = AvroCodec.of(Label.class);

    LoopedImages(int records, int parallelism, boolean evaluation) {
        settings = settings(parallelism, evaluation);
        for (int number = 0; images.size() < records; number++) {
            addImage(number);
            addLabels(number);
        }
    }

    private static ImageSettings settings(int parallelism, boolean evaluation) {
        var standard = SelfTrainingConfig.defaults(SelfTrainingConfig.Method.gift(60), 7);
        var learning =
                new SelfTrainingConfig(
                        standard.source(),
                        standard.method(),
                        standard.rates(),
                        standard.guard(),
                        4,
                        standard.seed());
        long aheadMillis = Duration.ofDays(1).toMillis();
        return new ImageSettings(
                new ImageObservationDecoder(
                        new ImageForm(1, SIDE, SIDE), ImageLimits.defaults(), aheadMillis),
                new LabelDecoder(CLASSES, aheadMillis),
                DISORDER_MILLIS,
                0,
                Duration.ofMinutes(10),
                new ImageSetup(
                        "small",
                        "libtorch",
                        1,
                        new ConvolutionalNetwork(1, SIDE, SIDE, CLASSES, 4, 4, 4, 2),
                        learning,
                        new ShiftAndScale(SIDE, SIDE, 1, 0.1),
                        4,
                        2,
                        8,
                        true),
                new LabelSettings(5, 40, 64, true),
                new ClassScores.Config(new PrequentialScore.Config(CLASSES, 5, 2, 0.9), 1),
                5,
                new ServingConfig(evaluation, 5, 5, -1),
                parallelism,
                4_096);
    }

    private void addImage(int number) {
        long eventTime = START_MILLIS + 2L * number + (number % 4 == 1 ? 2 : 0);
        boolean late = number % 40 == 39;
        var random = new CounterRandom(11, 0, (long) number * SIDE * SIDE);
        byte[] pixels = new byte[SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            boolean bright = i / (pixels.length / 2) == label(number);
            pixels[i] = (byte) (random.nextLong(80) + (bright ? 160 : 0));
        }
        var observation =
                new ImageObservation(
                        "camera-" + number % 2,
                        (long) number / 2,
                        late ? eventTime - 20 : eventTime,
                        id(number),
                        ImageFormat.RAW,
                        SIDE,
                        SIDE,
                        1,
                        8,
                        ByteBuffer.wrap(number % 30 == 29 ? new byte[3] : pixels), // too short
                        number % 17 != 16);
        images.add(
                decoded(settings.decoder(), "images", eventTime, imageCodec.encode(observation)));
        labels.add(null);
    }

    /** Those that come when this image does. */
    private void addLabels(int number) {
        if (number < 24 || number % 5 == 0) {
            addLabel(number, label(number), 0); // in time
        }
        if (number >= 12) {
            int earlier = number - 12; // late, or again
            addLabel(earlier, label(earlier), LABEL_DELAY_MILLIS - 12);
        }
        if (number % 7 == 6) {
            addLabel(number + 3, label(number + 3), 0); // early
        }
        if (number % 11 == 10) {
            addLabel(number - 5, 1 - label(number - 5), 1); // contradicts
            addLabel(1_000_000 + number, 0, 0); // of no image
        }
        if (number % 13 == 12) {
            addLabel(number, CLASSES, 0); // of no class
        }
    }

    private void addLabel(int image, int label, long afterMillis) {
        int number = (int) labels.stream().filter(one -> one == null).count() - 1;
        long eventTime = START_MILLIS + 2L * number + afterMillis;
        labels.add(
                decoded(
                        settings.labelDecoder(),
                        "labels",
                        eventTime,
                        labelCodec.encode(new Label(id(image), label, eventTime))));
        images.add(null);
    }

    private ImageRecord decoded(
            freshet.operators.RecordDecoder<ImageRecord> decoder,
            String topic,
            long appendTime,
            byte[] value) {
        return decoder.decode(
                topic,
                0,
                images.size(),
                appendTime,
                (topic + "@" + images.size()).getBytes(StandardCharsets.UTF_8),
                value,
                new String[0],
                new byte[0][]);
    }

    private static int label(int number) {
        return (int) new CounterRandom(12, 0, number).nextLong(CLASSES);
    }

    private static String id(int number) {
        return "picture " + number;
    }

    @Override
    public int records() {
        return images.size();
    }

    @Override
    public ImageSettings settings() {
        return settings;
    }

    @Override
    public Built build(
            DataStream<Long> numbers,
            Function<DataStream<OutRecord>, DataStream<ModelRecord>> loop) {
        DataStream<ImageRecord> pictures =
                LoopedPipeline.records(numbers, images, ImageRecord.class, DISORDER_MILLIS);
        DataStream<ImageRecord> truths =
                LoopedPipeline.records(numbers, labels, ImageRecord.class, DISORDER_MILLIS);
        Learned learned = ImagePipeline.learn(pictures, truths, settings);
        return new Built(
                learned,
                ImagePipeline.predict(pictures, truths, loop.apply(learned.models()), settings));
    }
}
