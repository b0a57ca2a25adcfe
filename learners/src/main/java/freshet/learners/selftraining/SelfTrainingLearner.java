package freshet.learners.selftraining;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.Order;
import freshet.learners.StepReport;
import freshet.learners.stability.NeuralCollapse;
import freshet.learners.stability.Summary;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.DeviceMemoryException;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Learns a source with its labels, then follows a target without: a teacher, which trails behind
 * the student, labels what lies between source and target examples; the student learns those labels
 * that the teacher is surest of; and what lies between moves from the source to the target as
 * target examples come in.
 *
 * <p>Source: Abnar et al., arXiv:2106.06080, and their code. Differs in these points: the teacher
 * may be a running average of the student, and the schedule counts target examples, so that it
 * works on a stream.
 *
 * <p>A source batch that comes after the first target batch only refreshes the {@link Reservoir},
 * which grows up to {@link SelfTrainingConfig#reservoirPerClass}; the only other state that grows
 * is that of the detectors, to a bound of their own ({@link DriftWatch}). A target batch with
 * labels is learned from them, whatever the method.
 */
public final class SelfTrainingLearner implements OnlineLearner<ExampleBatch> {

    private static final long INITIAL_WEIGHTS_STREAM = 0;
    private static final long STEP_STREAM = 1;

    private final TensorEngine engine;
    private final LayeredNetwork network;
    private final SelfTrainingConfig config;
    private final Augmentation augmentation;
    private final Layout layout;
    private final Student student;
    private final Teacher teacher;
    private final Reservoir reservoir;
    private final Lessons lessons;
    private final UpdateControl control = new UpdateControl();
    private long seed;
    private long drawn; // random numbers used after the initial weights
    private long step;
    private boolean adapting; // whether a target batch was learned
    private long sourceSteps;
    private long targetSteps; // since the schedule started
    private long targetExamples; // since the schedule started
    private ClassShares prior; // the teacher's, of the target
    private ClassShares pseudoLabelShares;
    private DriftWatch driftWatch;

    /**
     * @param augmentation of source examples before they are learned (the reservoir keeps them as
     *     they came), and of what the student sees of the target, if the method says so
     */
    public SelfTrainingLearner(
            TensorEngine engine,
            LayeredNetwork network,
            SelfTrainingConfig config,
            Augmentation augmentation) {
        for (int layer : config.method().layers()) {
            if (layer > network.layers()) {
                throw new IllegalArgumentException(
                        "method.layers has %d, the network's last is %d"
                                .formatted(layer, network.layers()));
            }
        }
        this.engine = engine;
        this.network = network;
        this.config = config;
        this.augmentation = augmentation;
        seed = config.seed();
        Layout.Builder builder = network.layout();
        layout = builder.build();
        float[] initial = builder.initialValues(new CounterRandom(seed, INITIAL_WEIGHTS_STREAM, 0));
        student = new Student(engine, network, layout, initial);
        teacher = new Teacher(engine, network, layout, initial);
        reservoir = new Reservoir(network.classes(), config.reservoirPerClass(), network.size(0));
        lessons = new Lessons(network, config.method(), augmentation, reservoir, student, teacher);
        prior = new ClassShares(network.classes());
        pseudoLabelShares = new ClassShares(network.classes());
        driftWatch = newDriftWatch();
    }

    private DriftWatch newDriftWatch() {
        return new DriftWatch(config.drift(), seed, network.size(network.layers()));
    }

    /**
     * @throws IllegalArgumentException if the batch does not fit the network
     */
    @Override
    public StepReport step(ExampleBatch batch) {
        batch.check(network);
        var random = new CounterRandom(seed, STEP_STREAM, drawn);
        if (batch.kind() == ExampleBatch.Kind.CANARY) {
            throw new IllegalArgumentException("a canary is not to be learned");
        }
        try {
            return step(batch, random);
        } catch (DeviceMemoryException e) { // from before anything changed
            return refused(batch, e.getMessage());
        }
    }

    private StepReport step(ExampleBatch batch, CounterRandom random) {
        if (batch.kind() == ExampleBatch.Kind.SOURCE) {
            return adapting ? keepSource(batch, random) : learnSource(batch, random);
        }
        if (batch.labelled()) {
            return learnLabelledTarget(batch);
        }
        return holds() ? watch(batch) : adapt(batch, random);
    }

    /** Whether the model stays as it is, whatever the target. */
    private boolean holds() {
        long adapts = config.drift().adaptExamples();
        return config.method().mixing() == SelfTrainingConfig.Mixing.NONE
                || adapts > 0 && (!driftWatch.started() || targetExamples >= adapts);
    }

    /**
     * Counts a target batch that teaches nothing; its loss is that on the student's own classes.
     */
    private StepReport watch(ExampleBatch batch) {
        Outputs seenByStudent = student.look(batch);
        float[] logits = seenByStudent.get(ClassifierProgram.LOGITS);
        float[] features = seenByStudent.get(ClassifierProgram.LAYER + network.layers());
        if (!Rows.finite(logits) || !Rows.finite(features)) {
            return refused(
                    batch, "the student's logits are not finite at step %d".formatted(step + 1));
        }
        float[] probabilities = Rows.softmax(logits, network.classes(), 1);
        var confidence = new Summary();
        double loss = 0;
        for (double likeliest : Confidence.likeliest(probabilities, network.classes())) {
            confidence.add(likeliest);
            loss -= StrictMath.log(likeliest) / batch.count();
        }
        adapting = true;
        step++;
        targetSteps++;
        targetExamples += batch.count();
        var measurements = new ArrayList<Measurement>();
        measurements.add(confidence.of("studentConfidence", -1, -1));
        measurements.addAll(detect(probabilities, features));
        return applied(batch, loss, measurements);
    }

    private StepReport learnSource(ExampleBatch batch, CounterRandom random) {
        float[] augmented = augmentation.ofEach(batch.examples(), network.size(0), random);
        var update =
                student.differentiate(
                        Layers.input(network, 0, augmented, batch.count()),
                        Rows.oneHot(batch.labels(), network.classes(), 1));
        String refusal = refusal(update);
        if (!refusal.isEmpty()) {
            return refused(batch, refusal);
        }
        step++;
        double rate = config.source().rateAt(sourceSteps) * control.rateScale();
        student.apply(update, rate, config.rates().clipNorm(), config.source().weightDecay(), 0);
        control.applied(update.norm());
        sourceSteps++;
        teacher.become(student.parameters());
        keep(batch, random);
        return applied(
                batch, update.loss(), List.of(Measurement.of("gradientNorm", update.norm())));
    }

    /** Scores a source batch and keeps a sample of it. */
    private StepReport keepSource(ExampleBatch batch, CounterRandom random) {
        double loss = student.loss(batch);
        if (!Double.isFinite(loss)) {
            return refused(batch, "loss is %s at step %d".formatted(loss, step + 1));
        }
        step++;
        keep(batch, random);
        return applied(batch, loss, List.of());
    }

    private void keep(ExampleBatch batch, CounterRandom random) {
        for (int row = 0; row < batch.count(); row++) {
            reservoir.add(example(batch, row), batch.labels()[row], random);
        }
        drawn = random.counter();
    }

    private float[] example(ExampleBatch batch, int row) {
        return Rows.select(batch.examples(), new int[] {row}, network.size(0));
    }

    private StepReport learnLabelledTarget(ExampleBatch batch) {
        var update =
                student.differentiate(
                        Layers.input(network, 0, batch.examples(), batch.count()),
                        Rows.oneHot(batch.labels(), network.classes(), 1));
        String refusal = refusal(update);
        if (!refusal.isEmpty()) {
            return refused(batch, refusal);
        }
        learnTarget(batch, update, 0, false);
        return applied(
                batch, update.loss(), List.of(Measurement.of("gradientNorm", update.norm())));
    }

    private StepReport adapt(ExampleBatch batch, CounterRandom random) {
        if (lessons.lackSource()) {
            return refused(batch, "no source example was seen before step %d".formatted(step + 1));
        }
        SelfTrainingConfig.Method method = config.method();
        int classes = network.classes();
        int layer = method.layers().get((int) (targetSteps % method.layers().size()));
        Optional<Lesson> made = lessons.of(batch, layer, targetExamples, prior, random);
        if (made.isEmpty()) {
            return refused(
                    batch, "the teacher's logits are not finite at step %d".formatted(step + 1));
        }
        Lesson lesson = made.get();
        PseudoLabels pseudo = lesson.pseudo();
        Outputs seenByStudent = student.look(batch);
        float[] studentLogits = seenByStudent.get(ClassifierProgram.LOGITS);
        float[] features = seenByStudent.get(ClassifierProgram.LAYER + network.layers());
        if (!Rows.finite(studentLogits) || !Rows.finite(features)) {
            return refused(
                    batch, "the student's logits are not finite at step %d".formatted(step + 1));
        }
        var update = student.differentiate(lesson.inputs(), lesson.labels());
        String refusal = refusal(update);
        if (!refusal.isEmpty()) {
            return refused(batch, refusal);
        }
        ClassShares shares = pseudoLabelShares.moved(ClassShares.of(pseudo.labels(), classes));
        boolean frozen = shares.entropy() < config.guard().entropyShare() * StrictMath.log(classes);
        drawn = random.counter();
        prior = pseudo.prior();
        pseudoLabelShares = shares;
        long seenBefore = targetExamples;
        boolean measuresCollapse = measuresCollapse();
        learnTarget(batch, update, method.sourceWeight() > 0 ? 0 : layer, frozen);
        var measurements = new ArrayList<Measurement>();
        measurements.add(Measurement.of("gradientNorm", update.norm()));
        measurements.add(Measurement.of("pseudoLabelEntropyNats", shares.entropy()));
        measurements.add(Measurement.of("teacherFrozen", frozen ? 1 : 0));
        measurements.addAll(
                PseudoLabelTelemetry.measure(
                        pseudo,
                        Rows.argmax(studentLogits, classes),
                        lesson.weights(),
                        config.guard().acceptProbability()));
        if (measuresCollapse) {
            measurements.addAll(
                    NeuralCollapse.of(features, pseudo.labels(), classes).measurements());
        }
        if (seenBefore >= config.drift().graceExamples()) {
            measurements.addAll(detect(Rows.softmax(studentLogits, classes, 1), features));
        }
        return applied(batch, update.loss(), List.copyOf(measurements));
    }

    private boolean measuresCollapse() {
        int every = config.guard().collapseSteps();
        return every > 0 && targetSteps % every == 0;
    }

    /**
     * Feeds the detectors with what the student made of a batch before it was learned, and obeys
     * them.
     */
    private List<Measurement> detect(float[] probabilities, float[] features) {
        List<Measurement> alarms = driftWatch.add(probabilities, features, network.classes());
        if (config.drift().restart() && alarms.stream().anyMatch(one -> one.max() > 0)) {
            restartSchedule();
        }
        return alarms;
    }

    /** Applies an update of the target phase, and moves teacher, iteration and schedule on. */
    private void learnTarget(ExampleBatch batch, Student.Update update, int layer, boolean frozen) {
        SelfTrainingConfig.Rates rates = config.rates();
        if (!adapting) {
            adapting = true;
            restartAdam();
        }
        step++;
        double rate = rates.rate() * control.rateScale();
        student.apply(update, rate, rates.clipNorm(), rates.weightDecay(), layer);
        control.applied(update.norm());
        targetSteps++;
        targetExamples += batch.count();
        if (rates.teacherDecay() > 0 && !frozen) {
            teacher.trail(student.parameters(), rates.teacherDecay());
        }
        if (student.adamSteps() == rates.iterationSteps()) {
            if (rates.teacherDecay() == 0 && !frozen) {
                teacher.become(student.parameters());
            }
            restartAdam();
        }
    }

    /**
     * Takes the model of now for the new source: after a shift that a detector found, its own
     * ({@link SelfTrainingConfig.Drift}) or another. The reservoir stays: its labels are the only
     * ones that are known to be right.
     */
    public void restartSchedule() {
        teacher.become(student.parameters());
        restartAdam();
        targetSteps = 0;
        targetExamples = 0;
        prior = new ClassShares(network.classes());
        pseudoLabelShares = new ClassShares(network.classes());
        driftWatch.start();
    }

    private void restartAdam() {
        student.restartAdam();
        control.momentsStart();
    }

    /** Why an update may not be done, empty if it may. */
    private String refusal(Student.Update update) {
        return update.finite() ? control.refusal(update.norm(), step + 1) : update.reason(step + 1);
    }

    private StepReport refused(ExampleBatch batch, String reason) {
        return new StepReport(
                step, false, reason, Double.NaN, batch.count(), Double.NaN, List.of());
    }

    private StepReport applied(ExampleBatch batch, double loss, List<Measurement> measurements) {
        var all = new ArrayList<>(measurements);
        all.add(0, Measurement.of("lossNats", loss));
        return new StepReport(
                step, true, "", loss, batch.count(), loss * batch.count(), List.copyOf(all));
    }

    @Override
    public LearnerSnapshot snapshot() {
        Map<String, String> metadata = metadata();
        metadata.put(LearnerSnapshot.CONFIGURATION, network.fingerprint());
        var state =
                new SelfTrainingState(
                        seed,
                        drawn,
                        adapting,
                        sourceSteps,
                        targetSteps,
                        targetExamples,
                        student.adamSteps(),
                        student.parameters(),
                        student.firstMoment(),
                        student.secondMoment(),
                        teacher.parameters(),
                        prior.values(),
                        pseudoLabelShares.values(),
                        driftWatch.snapshot());
        return new LearnerSnapshot(
                Classifier.KIND,
                SelfTrainingState.FORMAT_VERSION,
                step,
                metadata,
                state.toBytes(reservoir, control));
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>(engine.metadata());
        metadata.put("learning", config.toString());
        return metadata;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Rates and method may differ from those it was made with; the seed is the snapshot's. If
     * the settings of the drift detectors differ, or the snapshot is of a format without any, they
     * begin anew.
     *
     * @throws IllegalArgumentException also if it was made on another engine or with other threads:
     *     the bits would differ. {@link LearnerSnapshot#adoptedBy} says that one accepts that.
     */
    @Override
    public void restore(LearnerSnapshot snapshot) {
        snapshot.check(
                Classifier.KIND,
                SelfTrainingState.OLDEST_FORMAT,
                SelfTrainingState.FORMAT_VERSION,
                network.fingerprint(),
                engine.metadata());
        var state =
                SelfTrainingState.fromBytes(
                        snapshot, layout.size(), network.classes(), reservoir, control);
        student.restore(state);
        teacher.become(state.teacher());
        prior = new ClassShares(state.prior());
        pseudoLabelShares = new ClassShares(state.pseudoLabelShares());
        seed = state.seed();
        drawn = state.drawn();
        adapting = state.adapting();
        sourceSteps = state.sourceSteps();
        targetSteps = state.targetSteps();
        targetExamples = state.targetExamples();
        step = snapshot.step();
        driftWatch = newDriftWatch();
        if (state.driftWatch().length > 0) {
            driftWatch.restore(state.driftWatch());
        }
    }

    @Override
    public ModelArtifact publish() {
        return new ModelArtifact(
                Classifier.KIND,
                Classifier.ARTIFACT_VERSION,
                network.fingerprint(),
                step,
                metadata(),
                Weights.toBytes(student.parameters()));
    }

    @Override
    public Set<String> actions() {
        return UpdateControl.ACTIONS;
    }

    /**
     * {@inheritDoc}
     *
     * <p>With the moments the iteration starts anew after which the student teaches itself.
     */
    @Override
    public String obey(Order order, boolean dryRun) {
        return actions().contains(order.action())
                ? control.obey(order, dryRun, student::restartAdam)
                : OnlineLearner.super.obey(order, dryRun);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The teacher takes them too: it trails behind what is given up.
     */
    @Override
    public void adopt(ModelArtifact version) {
        float[] weights =
                version.weights(
                        Classifier.KIND,
                        Classifier.ARTIFACT_VERSION,
                        network.fingerprint(),
                        layout.size());
        student.become(weights);
        student.restartAdam();
        teacher.become(weights);
        control.startAgain(UpdateControl.WARM_UP_STEPS);
    }

    @Override
    public void close() {
        student.close();
        teacher.close();
    }
}
