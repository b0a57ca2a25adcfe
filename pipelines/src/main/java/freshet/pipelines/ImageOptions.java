package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.scoring.PrequentialScore;
import freshet.learners.selftraining.Augmentation;
import freshet.learners.selftraining.CanaryGuard;
import freshet.learners.selftraining.LayeredNetwork;
import freshet.learners.selftraining.Perceptron;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.vision.BehindEncoder;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.EncoderFiles;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.OrientedGradients;
import freshet.learners.vision.ShiftScaleTurn;
import freshet.operators.ClassScores;
import freshet.operators.ImageObservationDecoder;
import freshet.operators.ImageSetup;
import freshet.operators.LabelDecoder;
import freshet.operators.LabelSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the image pipeline alone; those that it shares are in {@link FreshetOptions}. */
public final class ImageOptions {

    public static final ConfigOption<String> IMAGES_TOPIC =
            key("kafka.topics.images")
                    .stringType()
                    .defaultValue("observations.image")
                    .withDescription("Topic of the images to learn from and to classify.");
    public static final ConfigOption<String> LABELS_TOPIC =
            key("kafka.topics.labels")
                    .stringType()
                    .defaultValue("labels")
                    .withDescription("Topic of the images' labels, joined by record id.");

    public static final ConfigOption<Integer> CHANNELS =
            key("images.channels")
                    .intType()
                    .defaultValue(1)
                    .withDescription("What the model sees of an image: 1 grey, 3 RGB.");
    public static final ConfigOption<Integer> HEIGHT =
            key("images.height")
                    .intType()
                    .defaultValue(28)
                    .withDescription("Pixels that every image is scaled to, from 8 to 1024.");
    public static final ConfigOption<Integer> WIDTH =
            key("images.width")
                    .intType()
                    .defaultValue(28)
                    .withDescription("Pixels that every image is scaled to, from 8 to 1024.");
    public static final ConfigOption<Integer> CLASSES =
            key("images.classes")
                    .intType()
                    .defaultValue(10)
                    .withDescription("Classes C, from 2 to 10000; labels are from 0 to C - 1.");
    public static final ConfigOption<Integer> MAX_BYTES =
            key("images.max-bytes")
                    .intType()
                    .defaultValue(ImageLimits.defaults().maxBytes())
                    .withDescription("Largest encoded image, bytes, from 1.");
    public static final ConfigOption<Integer> MAX_PIXELS =
            key("images.max-pixels")
                    .intType()
                    .defaultValue(ImageLimits.defaults().maxPixels())
                    .withDescription(
                            "Largest image, pixels, from 1; looked at before it is decoded.");

    /** What stands in front of the network that learns. */
    public enum Encoder {
        /** Nothing: the pixels themselves, learned from end to end by a convolutional network. */
        NONE,
        /** Histograms of oriented gradients, frozen; behind them a perceptron learns. */
        ORIENTED_GRADIENTS,
        /** A trained network from a file, frozen; behind it a perceptron learns. */
        FILE;

        @Override
        public String toString() { // as it is set
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final ConfigOption<Encoder> ENCODER =
            key("images.encoder")
                    .enumType(Encoder.class)
                    .defaultValue(Encoder.NONE)
                    .withDescription(
                            "What stands, frozen, in front of the network that learns. Its identity"
                                    + " is in every model version. file: images.encoder-file, read by"
                                    + " DL4J, which the Maven profiles nd4j and nd4j-cuda bring.");
    public static final ConfigOption<String> ENCODER_FILE =
            key("images.encoder-file")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "file: a network that was trained, a zip of DL4J or an HDF5 file of Keras"
                                    + " 2, of an origin you trust. Read where the job is started and on"
                                    + " the task managers, under the same path; its SHA-256 is in"
                                    + " every model version.");
    public static final ConfigOption<String> ENCODER_LAYER =
            key("images.encoder-layer")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "file: name, or index from 0, of the layer whose activations the model"
                                    + " learns from; empty for the last but one.");

    public static final ConfigOption<Duration> LABEL_WAIT =
            key("labels.wait")
                    .durationType()
                    .defaultValue(Duration.ZERO)
                    .withDescription(
                            "How long, in event time, an image to learn waits for its label. A label"
                                    + " in time is learned with its image; a later one is scored.");
    public static final ConfigOption<Duration> LABEL_MAX_DELAY =
            key("labels.max-delay")
                    .durationType()
                    .defaultValue(Duration.ofDays(1))
                    .withDescription(
                            "Greatest distance in event time of an image and its label, either way;"
                                    + " at least labels.wait.");
    public static final ConfigOption<Integer> LABEL_MAX_RECORDS =
            key("labels.max-records")
                    .intType()
                    .defaultValue(100_000)
                    .withDescription(
                            "Images and labels that wait for each other, from 1; the oldest goes"
                                    + " first. Bounds the state.");
    public static final ConfigOption<Boolean> LEARN_LATE =
            key("labels.learn-late")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether labels that come later than labels.wait are learned too; their"
                                    + " images are kept in state until then.");

    /** How images without labels are learned. */
    public enum Adaptation {
        /** Interpolated self-training: what lies between source and target. */
        GIFT,
        /** Iterative self-training: the target as it comes. */
        SELF_TRAINING,
        /** Self-training on as many of each class as the source has. */
        BALANCED,
        /** Not at all. */
        NONE;

        @Override
        public String toString() { // as it is set
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final ConfigOption<Adaptation> ADAPTATION =
            key("adaptation.method")
                    .enumType(Adaptation.class)
                    .defaultValue(Adaptation.GIFT)
                    .withDescription("How images without labels are learned.");
    public static final ConfigOption<Long> RAMP_IMAGES =
            key("adaptation.ramp-images")
                    .longType()
                    .defaultValue(7_680L)
                    .withDescription(
                            "gift: images without labels until only they are learned, from 1.");
    public static final ConfigOption<Double> PRIOR_ADJUSTMENT =
            key("adaptation.prior-adjustment")
                    .doubleType()
                    .noDefaultValue()
                    .withDescription(
                            "How far pseudo-labels are made balanced, from 0 to 2; if not set, 0 for"
                                    + " self-training and 1 for the others.");
    public static final ConfigOption<Double> ADAPTATION_RATE =
            key("adaptation.rate")
                    .doubleType()
                    .defaultValue(SelfTrainingConfig.Rates.defaults().rate())
                    .withDescription("Adam's step size on images without labels, above 0, to 1.");
    public static final ConfigOption<Double> TEACHER_DECAY =
            key("adaptation.teacher-decay")
                    .doubleType()
                    .defaultValue(SelfTrainingConfig.Rates.defaults().teacherDecay())
                    .withDescription(
                            "Share of the teacher that an update leaves in place, from 0 to below 1;"
                                    + " 0: it becomes the student every 15 updates.");
    public static final ConfigOption<Integer> BATCH =
            key("adaptation.batch")
                    .intType()
                    .defaultValue(128)
                    .withDescription("Images of one update, from 1 to 4096.");
    public static final ConfigOption<Boolean> AUGMENT =
            key("adaptation.augment")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether images without labels are moved and scaled a little before the"
                                    + " model learns what its teacher says of them as they are.");
    public static final ConfigOption<Double> TURN_DEGREES =
            key("adaptation.turn-degrees")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "How far an image may be turned and still keeps its class, from 0 to 180: so"
                                    + " far what the model learns is turned at random.");
    public static final ConfigOption<Integer> SOURCE_UPDATES =
            key("adaptation.source-updates")
                    .intType()
                    .defaultValue(780)
                    .withDescription(
                            "Updates on labelled images over which their step size falls, from 1.");
    public static final ConfigOption<Integer> RESERVOIR =
            key("adaptation.reservoir-per-class")
                    .intType()
                    .defaultValue(200)
                    .withDescription("Labelled images kept of each class, from 1 to 100000.");

    /** What detectors of drift on the images without labels do. */
    public enum DriftRule {
        /** There are none. */
        OFF,
        /** They report their alarms. */
        REPORT,
        /** The model stays as it is until an alarm, then learns for a while, and stays again. */
        ADAPT
    }

    public static final ConfigOption<DriftRule> DRIFT =
            key("drift.rule")
                    .enumType(DriftRule.class)
                    .defaultValue(DriftRule.REPORT)
                    .withDescription(
                            "What detectors on the model's doubt and features do: off; report their"
                                    + " alarms; adapt: images without labels are learned only after"
                                    + " an alarm.");
    public static final ConfigOption<Long> DRIFT_IMAGES =
            key("drift.adapt-images")
                    .longType()
                    .defaultValue(26_880L)
                    .withDescription("adapt: images that are learned after an alarm, from 1.");

    public static final ConfigOption<String> CANARY_SOURCE =
            key("canary.source")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "Source whose images are never learned; those with a label in time judge"
                                    + " every version before it is published. Empty for none.");
    public static final ConfigOption<Integer> CANARY_IMAGES =
            key("canary.images")
                    .intType()
                    .defaultValue(500)
                    .withDescription("Of these the newest that are kept, from 1 to 100000.");
    public static final ConfigOption<Double> CANARY_TOLERANCE =
            key("canary.tolerance")
                    .doubleType()
                    .defaultValue(0.05)
                    .withDescription(
                            "Accuracy on the canary that a version may lose against the best one"
                                    + " before the one published last is served on in its place,"
                                    + " from 0 to 1.");

    public static final ConfigOption<Integer> SCORE_WINDOW =
            key("score.window-records")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription("Labelled answers in the sliding window, from 10.");
    public static final ConfigOption<Double> SCORE_FADING =
            key("score.fading")
                    .doubleType()
                    .defaultValue(0.999)
                    .withDescription(
                            "Factor by which an answer's weight falls with each that follows, above"
                                    + " 0, to 1.");
    public static final ConfigOption<Integer> SCORE_EVERY =
            key("score.report-every")
                    .intType()
                    .defaultValue(500)
                    .withDescription("Labelled answers between two reports of the score, from 1.");
    public static final ConfigOption<Integer> SCORE_SOURCES =
            key("score.max-sources")
                    .intType()
                    .defaultValue(64)
                    .withDescription("Sources that are also scored apart, from 0 to 10000.");

    private static final int PANES = 10;
    private static final int MAX_SIDE = 8_192;
    private static final int GRADIENT_CELL = 4;
    private static final int GRADIENT_BINS = 9;
    private static final int PERCEPTRON_WIDTH = 128;
    private static final int PERCEPTRON_BLOCKS = 2;

    private ImageOptions() {}

    /** Reads and checks the options of each image model, in the order of {@code models}. */
    public static List<ImageSettings> images(Configuration config) {
        return FreshetOptions.each(config, ImageOptions::image);
    }

    private static ImageSettings image(String name, ReadableConfig config) {
        int channels = config.get(CHANNELS);
        int height = inRange(config, HEIGHT, 8, 1024);
        int width = inRange(config, WIDTH, 8, 1024);
        int classes = inRange(config, CLASSES, 2, 10_000);
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "%s is %d, must be 1 or 3".formatted(CHANNELS.key(), channels));
        }
        var form = new ImageForm(channels, height, width);
        FeatureEncoder encoder = encoder(config, form);
        LayeredNetwork network = network(form, encoder, classes);
        var setup =
                new ImageSetup(
                        name,
                        TensorOptions.read(config),
                        network,
                        learning(config),
                        encoder == null
                                ? ShiftScaleTurn.defaults(
                                        height, width, inRange(config, TURN_DEGREES, 0, 180))
                                : Augmentation.NONE,
                        new CanaryGuard.Config(
                                config.get(CANARY_IMAGES), config.get(CANARY_TOLERANCE)),
                        config.get(CANARY_SOURCE),
                        inRange(config, BATCH, 1, 4096),
                        inRange(config, FreshetOptions.PUBLISH_EVERY, 1, 1_000_000),
                        inRange(config, FreshetOptions.MAX_SOURCES, 1, 1_000_000),
                        config.get(FreshetOptions.TELEMETRY));
        long maxAheadMillis = inRange(config, FreshetOptions.MAX_AHEAD, Duration.ZERO).toMillis();
        return new ImageSettings(
                new ImageObservationDecoder(form, encoder, limits(config), maxAheadMillis),
                new LabelDecoder(classes, maxAheadMillis),
                inRange(config, FreshetOptions.ALLOWED_DISORDER, Duration.ZERO).toMillis(),
                FreshetOptions.idleTimeoutMillis(config),
                inRange(config, FreshetOptions.MAX_LEAD, Duration.ZERO),
                setup,
                labels(config),
                score(config, classes),
                inRange(config, SCORE_EVERY, 1, 1_000_000_000),
                FreshetOptions.serving(config, config.get(FreshetOptions.CANDIDATES)),
                inRange(config, FreshetOptions.PARALLELISM, 1, Branches.MAX_PARALLELISM),
                FreshetOptions.CHUNK_BYTES,
                FreshetOptions.paceEverySteps(config));
    }

    /**
     * What stands in front of the network that learns; null for nothing.
     *
     * @throws IllegalArgumentException if there is no such encoder, or it does not fit the form
     */
    public static FeatureEncoder encoder(ReadableConfig config, ImageForm form) {
        return switch (config.get(ENCODER)) {
            case NONE -> null;
            case ORIENTED_GRADIENTS -> new OrientedGradients(GRADIENT_CELL, GRADIENT_BINS);
            case FILE -> {
                String file = config.get(ENCODER_FILE);
                if (file.isEmpty()) {
                    throw new IllegalArgumentException(
                            "%s is file, but %s is not set"
                                    .formatted(ENCODER.key(), ENCODER_FILE.key()));
                }
                int threads = inRange(config, TensorOptions.THREADS, 1, 256);
                yield EncoderFiles.provider()
                        .open(Path.of(file), config.get(ENCODER_LAYER), form, threads);
            }
        };
    }

    /**
     * The network that learns.
     *
     * @param encoder that it stands behind; null for none
     */
    public static LayeredNetwork network(ImageForm form, FeatureEncoder encoder, int classes) {
        if (encoder == null) {
            return new ConvolutionalNetwork(
                    form.channels(), form.height(), form.width(), classes, 16, 32, 32, 4);
        }
        int inputs = encoder.size(form);
        return new BehindEncoder(
                new Perceptron(inputs, PERCEPTRON_WIDTH, PERCEPTRON_BLOCKS, classes),
                encoder.identity());
    }

    /**
     * What the pipeline refuses of an image before it decodes it.
     *
     * @throws IllegalArgumentException naming the option, its value and the allowed range
     */
    public static ImageLimits limits(ReadableConfig config) {
        return new ImageLimits(
                inRange(config, MAX_BYTES, 1, 16 << 20),
                MAX_SIDE,
                inRange(config, MAX_PIXELS, 1, MAX_SIDE * MAX_SIDE));
    }

    private static LabelSettings labels(ReadableConfig config) {
        return new LabelSettings(
                inRange(config, LABEL_WAIT, Duration.ZERO).toMillis(),
                inRange(config, LABEL_MAX_DELAY, Duration.ZERO).toMillis(),
                inRange(config, LABEL_MAX_RECORDS, 1, 100_000_000),
                config.get(LEARN_LATE));
    }

    private static ClassScores.Config score(ReadableConfig config, int classes) {
        int window = inRange(config, SCORE_WINDOW, PANES, 100_000_000);
        return new ClassScores.Config(
                new PrequentialScore.Config(
                        classes,
                        window / PANES,
                        PANES,
                        inRange(config, SCORE_FADING, Double.MIN_VALUE, 1)),
                inRange(config, SCORE_SOURCES, 0, 10_000));
    }

    private static SelfTrainingConfig learning(ReadableConfig config) {
        var standard = SelfTrainingConfig.defaults(method(config), config.get(FreshetOptions.SEED));
        return new SelfTrainingConfig(
                new SelfTrainingConfig.Source(
                        standard.source().rate(),
                        inRange(config, SOURCE_UPDATES, 1, 1_000_000_000),
                        standard.source().weightDecay()),
                standard.method(),
                new SelfTrainingConfig.Rates(
                        inRange(config, ADAPTATION_RATE, Double.MIN_VALUE, 1),
                        standard.rates().weightDecay(),
                        standard.rates().clipNorm(),
                        inRange(config, TEACHER_DECAY, 0, Math.nextDown(1.0)),
                        standard.rates().iterationSteps()),
                standard.guard(),
                inRange(config, RESERVOIR, 1, 100_000),
                standard.seed(),
                drift(config));
    }

    private static SelfTrainingConfig.Drift drift(ReadableConfig config) {
        long images = config.get(DRIFT_IMAGES);
        if (images < 1) {
            throw new IllegalArgumentException(
                    "%s is %d, must be at least 1".formatted(DRIFT_IMAGES.key(), images));
        }
        return switch (config.get(DRIFT)) {
            case OFF -> SelfTrainingConfig.Drift.off();
            case REPORT -> SelfTrainingConfig.Drift.reporting();
            case ADAPT -> SelfTrainingConfig.Drift.adaptingOnAlarm(images);
        };
    }

    private static SelfTrainingConfig.Method method(ReadableConfig config) {
        long ramp = config.get(RAMP_IMAGES);
        if (ramp < 1) {
            throw new IllegalArgumentException(
                    "%s is %d, must be at least 1".formatted(RAMP_IMAGES.key(), ramp));
        }
        SelfTrainingConfig.Method method =
                switch (config.get(ADAPTATION)) {
                    case GIFT -> SelfTrainingConfig.Method.gift(ramp);
                    case SELF_TRAINING -> SelfTrainingConfig.Method.selfTraining();
                    case BALANCED -> SelfTrainingConfig.Method.balancedSelfTraining();
                    case NONE -> SelfTrainingConfig.Method.none();
                };
        SelfTrainingConfig.Method augmented = method.withAugment(config.get(AUGMENT));
        return config.getOptional(PRIOR_ADJUSTMENT).isEmpty()
                ? augmented
                : augmented.withPriorAdjustment(inRange(config, PRIOR_ADJUSTMENT, 0, 2));
    }
}
