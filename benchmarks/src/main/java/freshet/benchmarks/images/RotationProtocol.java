package freshet.benchmarks.images;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.StepReport;
import freshet.learners.selftraining.Augmentation;
import freshet.learners.selftraining.Classifier;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.LayeredNetwork;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.LabelledImages;
import freshet.learners.vision.ShiftScaleTurn;
import freshet.pipelines.ImageOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gradual self-training on turning pictures (Kumar et al. 2020, arXiv:2002.11361), one seed, as a
 * stream: 10,000 pictures turned by 0 to 5 degrees are learned with their labels, 10 passes; then
 * 10,000 others come turned, mostly without labels, in passes, each batch predicted before it is
 * learned; 4,000 further pictures, turned as the stream's last, give the final accuracy.
 */
final class RotationProtocol {

    private static final int SOURCE_IMAGES = 10_000;
    private static final int SOURCE_PASSES = 10;
    private static final double RANGE_DEGREES = 5;

    /** Share of the stream in which the angle moves, in setting (a). */
    private static final double MOVING_SHARE = 0.75;

    private static final double LAST_SHARE = 0.2;
    static final int GROUP = 128;
    static final int SIDE = 28; // pixels
    static final ImageForm FORM = new ImageForm(1, SIDE, SIDE);

    /**
     * How target pictures turn.
     *
     * @param gradual setting (a): the angle moves from 5 degrees on, then holds; else (b): it is
     *     there at once
     * @param degrees the greatest angle, the least being 5 less
     */
    record Setting(boolean gradual, double degrees) {

        DriftSchedule schedule(long events) {
            if (!gradual) {
                return DriftSchedule.turns(degrees - RANGE_DEGREES, degrees);
            }
            long moving = Math.round(MOVING_SHARE * events);
            return new DriftSchedule(
                    List.of(
                            DriftSchedule.Stage.turns(0, 0, RANGE_DEGREES),
                            DriftSchedule.Stage.turns(moving, degrees - RANGE_DEGREES, degrees)));
        }

        @Override
        public String toString() {
            return "%s %.0f".formatted(gradual ? "(a)" : "(b)", degrees);
        }
    }

    /**
     * Accuracies of one run, in [0, 1].
     *
     * @param last of the last fifth of the stream, predicted before learned
     * @param telemetry means over the last fifth
     */
    record Result(
            double heldOut,
            double prequential,
            double last,
            Map<String, Double> telemetry,
            double eventsPerSecond) {}

    private final TensorEngine engine;
    private final long seed;
    private final int events;
    private final int batch;
    private final int images;
    private final int passes;
    private final FeatureEncoder encoder;
    private final LayeredNetwork network;
    private final Augmentation augmentation;
    private final LabelledImages source;
    private final LabelledImages target;
    private final LabelledImages heldOut = FashionMnist.heldOut();
    private LearnerSnapshot sourceModel;

    /**
     * @param events target pictures of each run
     * @param batch target pictures of an update
     * @param augmentation of the source, and of what the student sees of the target
     */
    RotationProtocol(
            TensorEngine engine, long seed, int events, int batch, ShiftScaleTurn augmentation) {
        this(engine, seed, events, batch, augmentation, SOURCE_IMAGES, SOURCE_PASSES, null);
    }

    /**
     * The whole protocol behind an encoder.
     *
     * @param encoder stands in front of the network; what it makes is not augmented
     */
    RotationProtocol(
            TensorEngine engine, long seed, int events, int batch, FeatureEncoder encoder) {
        this(engine, seed, events, batch, Augmentation.NONE, SOURCE_IMAGES, SOURCE_PASSES, encoder);
    }

    /**
     * @param images of the source, and as many of the target; at most 10,000
     * @param passes over the source
     */
    RotationProtocol(
            TensorEngine engine,
            long seed,
            int events,
            int batch,
            ShiftScaleTurn augmentation,
            int images,
            int passes) {
        this(engine, seed, events, batch, augmentation, images, passes, null);
    }

    private RotationProtocol(
            TensorEngine engine,
            long seed,
            int events,
            int batch,
            Augmentation augmentation,
            int images,
            int passes,
            FeatureEncoder encoder) {
        this.encoder = encoder;
        this.network = ImageOptions.network(FORM, encoder, FashionMnist.CLASSES.size());
        this.augmentation = augmentation;
        this.images = images;
        this.passes = passes;
        this.engine = engine;
        this.seed = seed;
        this.batch = batch;
        this.events = events / batch * batch;
        LabelledImages all = FashionMnist.train();
        int[] order = DriftSource.shuffled(all.size(), new CounterRandom(seed, 2, 0));
        source = all.select(Arrays.copyOf(order, images));
        target = all.select(Arrays.copyOfRange(order, images, 2 * images));
    }

    int events() {
        return events;
    }

    /** Learns the source; what all methods start from. */
    void learnSource() {
        var stream = new DriftSource(source, DriftSchedule.turns(0, RANGE_DEGREES), seed);
        Pictures pictures = Pictures.of(stream, 0, images, FORM, encoder);
        var config = SelfTrainingConfig.defaults(RotationMethod.SOURCE.method(events), seed);
        try (var learner = new SelfTrainingLearner(engine, network, config, augmentation)) {
            for (int pass = 0; pass < passes; pass++) {
                var random = new CounterRandom(seed, 3, (long) pass * images);
                int[] order = DriftSource.shuffled(images, random);
                for (int at = 0; at + GROUP <= images; at += GROUP) {
                    Pictures batch = pictures.select(Arrays.copyOfRange(order, at, at + GROUP));
                    applied(learner.step(ExampleBatch.source(batch.pixels(), batch.labels())));
                }
            }
            sourceModel = learner.snapshot();
        }
    }

    /**
     * Runs a stream, each batch predicted before it is learned.
     *
     * @param schedule how the pictures turn
     * @param records in all, rounded down to whole batches
     * @param seen is told of each batch: its first record, how many were classified right, what the
     *     learner says of it
     */
    void stream(DriftSchedule schedule, int records, SelfTrainingConfig config, BatchSeen seen) {
        var stream = new DriftSource(target, schedule, seed + 1);
        try (var learner = new SelfTrainingLearner(engine, network, config, augmentation)) {
            learner.restore(sourceModel);
            try (var served = new Classifier(engine, network, GROUP, learner.publish())) {
                for (int at = 0; at + GROUP <= records; at += GROUP) {
                    Pictures batch = Pictures.of(stream, at, GROUP, FORM, encoder);
                    int right = batch.right(served);
                    StepReport report = learner.step(batch.targetBatch(false));
                    applied(report);
                    served.load(learner.publish());
                    seen.batch(at, right, report);
                }
            }
        }
    }

    /** Listens to {@link #stream}. */
    @FunctionalInterface
    interface BatchSeen {
        void batch(int first, int right, StepReport report);
    }

    Result run(RotationMethod method, Setting setting, SelfTrainingConfig config) {
        var stream = new DriftSource(target, setting.schedule(events), seed + 1);
        var telemetry = new TreeMap<String, Measurement>();
        int right = 0;
        int rightLast = 0;
        int lastStart = (int) Math.round((1 - LAST_SHARE) * events) / batch * batch;
        long nanos = 0;
        try (var learner = new SelfTrainingLearner(engine, network, config, augmentation)) {
            learner.restore(sourceModel);
            try (var served = new Classifier(engine, network, batch, learner.publish())) {
                for (int at = 0; at < events; at += batch) {
                    Pictures pictures = Pictures.of(stream, at, batch, FORM, encoder);
                    long start = System.nanoTime();
                    int now = pictures.right(served);
                    right += now;
                    rightLast += at >= lastStart ? now : 0;
                    if (method.learns()) {
                        StepReport report = learner.step(pictures.targetBatch(method.seesLabels()));
                        applied(report);
                        served.load(learner.publish());
                        if (at >= lastStart) {
                            report.measurements()
                                    .forEach(m -> telemetry.merge(place(m), m, Measurement::merge));
                        }
                    }
                    nanos += System.nanoTime() - start;
                }
                var means = new TreeMap<String, Double>();
                telemetry.forEach((name, m) -> means.put(name, m.mean()));
                return new Result(
                        (double) heldOutRight(served, setting) / heldOut.size(),
                        (double) right / events,
                        (double) rightLast / (events - lastStart),
                        means,
                        events / (nanos * 1e-9));
            }
        }
    }

    private static String place(Measurement measurement) {
        return measurement.head() < 0
                ? measurement.name()
                : measurement.name() + measurement.head();
    }

    private int heldOutRight(Classifier served, Setting setting) {
        var turns = DriftSchedule.turns(setting.degrees() - RANGE_DEGREES, setting.degrees());
        var stream = new DriftSource(heldOut, turns, seed + 2);
        return Pictures.of(stream, 0, heldOut.size(), FORM, encoder).right(served);
    }

    private static void applied(StepReport report) {
        if (!report.applied()) {
            throw new IllegalStateException(report.refusal());
        }
    }
}
