package freshet.jobs.recovery;

import freshet.learners.scoring.PrequentialScore;
import freshet.learners.selftraining.CanaryGuard;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.ShiftScaleTurn;
import freshet.operators.ClassScores;
import freshet.operators.ImageObservationDecoder;
import freshet.operators.ImageRecord;
import freshet.operators.ImageSetup;
import freshet.operators.LabelDecoder;
import freshet.operators.LabelSettings;
import freshet.operators.ModelRecord;
import freshet.operators.OutRecord;
import freshet.operators.ServingConfig;
import freshet.operators.TrialConfig;
import freshet.pipelines.Commands;
import freshet.pipelines.ImagePipeline;
import freshet.pipelines.ImageSettings;
import freshet.pipelines.Learned;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The image pipeline with a model small enough to run hundreds of times. */
final class LoopedImages implements LoopedPipeline {

    private static final long DISORDER_MILLIS = 2;

    /** All of them, quickly alarmed, and obeyed: their state must survive as well. */
    private static final SelfTrainingConfig.Drift DETECTORS =
            new SelfTrainingConfig.Drift(0.5, 0, 0.5, 0.3, 9, 3, 2, 0, true, 0);

    private final ImageSettings settings;
    private final PictureStream stream;
    private final int recordsACheckpoint;
    private final Commands<ImageRecord> commands;

    private LoopedImages(
            ImageSettings settings, int recordsACheckpoint, Commands<ImageRecord> commands) {
        this.settings = settings;
        this.recordsACheckpoint = recordsACheckpoint;
        this.commands = commands;
        stream = new PictureStream(settings);
    }

    /**
     * Pictures out of order, late, unreadable and only to be answered; with labels in time, late,
     * early, twice, contradicting, of no image, of no class, and none at all. All labels are
     * learned.
     *
     * @param records pictures and labels, or a few more
     */
    static LoopedImages broken(int records, int parallelism, boolean evaluation) {
        return broken(records, parallelism, evaluation, TrialConfig.NONE, Commands.none());
    }

    /** The same with new versions tried on half of the pictures. */
    static LoopedImages tried(int records, int parallelism, boolean evaluation) {
        return broken(records, parallelism, evaluation, TRIALS, Commands.none());
    }

    /**
     * The same with commands among the pictures.
     *
     * @param log in which it is decided where they hold
     */
    static LoopedImages commanded(int records, int parallelism, boolean evaluation, String log) {
        var commands = new Commands<ImageRecord>(null, OrdersOnTheWay.settings(log));
        LoopedImages looped = broken(records, parallelism, evaluation, TrialConfig.NONE, commands);
        PictureStream stream = looped.stream;
        long middle = PictureStream.eventTime(records / 6); // of each two labels, or so
        OrdersOnTheWay.put(
                stream.images(), looped.settings.decoder(), middle, List.of(stream.labels()));
        return looped;
    }

    private static LoopedImages broken(
            int records,
            int parallelism,
            boolean evaluation,
            TrialConfig trial,
            Commands<ImageRecord> commands) {
        var labels = new LabelSettings(5, 40, 64, true);
        var looped =
                new LoopedImages(
                        settings(labels, parallelism, evaluation, trial),
                        LoopedPipeline.RECORDS_A_CHECKPOINT,
                        commands);
        for (int number = 0; looped.records() < records; number++) {
            looped.addOddPicture(number);
            looped.addOddLabels(number);
        }
        return looped;
    }

    /**
     * Pictures in order. The labels of the first are in time and learned; those of the others come
     * so many pictures late and are scored.
     */
    static LoopedImages delayed(int pictures, int labelledAtOnce, int delay) {
        var labels = new LabelSettings(0, Duration.ofDays(1).toMillis(), pictures, false);
        var looped =
                new LoopedImages(
                        settings(labels, 1, true, TrialConfig.NONE), 1_000, Commands.none());
        PictureStream stream = looped.stream;
        for (int number = 0; number < pictures; number++) {
            long now = PictureStream.eventTime(number);
            stream.add(PictureStream.picture(number, now), now);
            if (number < labelledAtOnce) {
                stream.addLabel(number, PictureStream.label(number), now);
            }
            if (number - delay >= labelledAtOnce) {
                stream.addLabel(number - delay, PictureStream.label(number - delay), now);
            }
        }
        for (int number = Math.max(labelledAtOnce, pictures - delay); number < pictures; number++) {
            stream.addLabel(
                    number, PictureStream.label(number), PictureStream.eventTime(number + delay));
        }
        return looped;
    }

    private static ImageSettings settings(
            LabelSettings labels, int parallelism, boolean evaluation, TrialConfig trial) {
        var standard = SelfTrainingConfig.defaults(SelfTrainingConfig.Method.gift(60), 7);
        var learning =
                new SelfTrainingConfig(
                        standard.source(),
                        standard.method(),
                        standard.rates(),
                        standard.guard(),
                        4,
                        standard.seed(),
                        DETECTORS);
        int side = PictureStream.SIDE;
        int classes = PictureStream.CLASSES;
        long aheadMillis = Duration.ofDays(1).toMillis();
        return new ImageSettings(
                new ImageObservationDecoder(
                        new ImageForm(1, side, side), null, ImageLimits.defaults(), aheadMillis),
                new LabelDecoder(classes, aheadMillis),
                DISORDER_MILLIS,
                0,
                Duration.ofMinutes(10),
                new ImageSetup(
                        "small",
                        EngineSettings.cpu("libtorch", 1),
                        new ConvolutionalNetwork(1, side, side, classes, 4, 4, 4, 2),
                        learning,
                        new ShiftScaleTurn(side, side, 1, 0.1, 0),
                        new CanaryGuard.Config(8, 0.1),
                        "canary",
                        4,
                        2,
                        8,
                        true),
                labels,
                new ClassScores.Config(SCORE, 1),
                5,
                new ServingConfig(evaluation, 5, 5, -1, 0, 0, trial),
                parallelism,
                4_096,
                0);
    }

    /** Two panes of five records. */
    static final PrequentialScore.Config SCORE =
            new PrequentialScore.Config(PictureStream.CLASSES, 5, 2, 0.9);

    private void addOddPicture(int number) {
        long arrived = PictureStream.eventTime(number) + (number % 4 == 1 ? 2 : 0);
        boolean late = number % 40 == 39;
        var picture = PictureStream.picture(number, late ? arrived - 20 : arrived);
        picture.setLearn(number % 17 != 16);
        if (number % 30 == 29) {
            picture.setPixels(ByteBuffer.wrap(new byte[3])); // too few
        }
        if (number % 6 == 5) {
            picture.setSource("canary");
        }
        stream.add(picture, arrived);
    }

    /** Those that come when this picture does. */
    private void addOddLabels(int number) {
        long now = PictureStream.eventTime(number);
        if (number < 24 || number % 5 == 0) {
            stream.addLabel(number, PictureStream.label(number), now); // in time
        }
        if (number >= 12) {
            int earlier = number - 12; // late, or again
            stream.addLabel(earlier, PictureStream.label(earlier), now + 3);
        }
        if (number % 7 == 6) {
            stream.addLabel(number + 3, PictureStream.label(number + 3), now); // early
        }
        if (number % 11 == 10) {
            int other = number - 5;
            stream.addLabel(other, 1 - PictureStream.label(other), now + 1); // contradicts
            stream.addLabel(1_000_000 + number, 0, now); // of no image
        }
        if (number % 13 == 12) {
            stream.addLabel(number, PictureStream.CLASSES, now); // of no class
        }
    }

    @Override
    public int records() {
        return stream.size();
    }

    @Override
    public int recordsACheckpoint() {
        return recordsACheckpoint;
    }

    @Override
    public boolean decidesOnArrival() {
        return stream.images().stream().anyMatch(one -> one != null && one.isCommand());
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
                LoopedPipeline.records(
                        numbers, stream.images(), ImageRecord.class, DISORDER_MILLIS);
        DataStream<ImageRecord> truths =
                LoopedPipeline.records(
                        numbers, stream.labels(), ImageRecord.class, DISORDER_MILLIS);
        Learned learned = ImagePipeline.learn(pictures, truths, commands, settings);
        DataStream<ImageRecord> asked = LoopedPipeline.asked(pictures);
        return new Built(
                learned,
                ImagePipeline.predict(asked, truths, loop.apply(learned.models()), settings));
    }
}
