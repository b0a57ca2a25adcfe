package freshet.learners.worldmodel;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.Order;
import freshet.learners.SegmentedLearner;
import freshet.learners.StepReport;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Learns a world model and a policy on its state from what robots did. Each batch adds to the
 * experience and sets off one update: on sequences drawn from a replay, or on the windows of the
 * stream that the batch completes. Where there are none to learn, it is only taken in.
 *
 * <p>The experience is the only state that grows; {@link Experience#bytes} bounds it. The score of
 * a batch is the world model's loss on the sequences before they are learned.
 */
public final class WorldModelLearner implements SegmentedLearner<ExperienceBatch> {

    private static final long INITIAL_WEIGHTS_STREAM = 0;
    private static final long STEP_STREAM = 1;

    private final TensorEngine engine;
    private final WorldModelConfig model;
    private final WorldModelLearningConfig learning;
    private final Frame frame;
    private final String configuration;
    private final ModelLayout layout;
    private final Session session;
    private final WorldModelUpdate update;
    private final PictureView view;
    private final ExperienceStore store;
    private final Temperature temperature;
    private long seed;
    private long step;

    /**
     * @param frame what cameras deliver
     */
    public WorldModelLearner(
            TensorEngine engine,
            WorldModelConfig model,
            WorldModelLearningConfig learning,
            Frame frame) {
        this.engine = engine;
        this.model = model;
        this.learning = learning;
        this.frame = frame;
        configuration =
                "%s frame=%dx%dx%d separateMoments=%s%s"
                        .formatted(
                                model.fingerprint(),
                                frame.channels(),
                                frame.height(),
                                frame.width(),
                                learning.rates().separateMoments(),
                                learning.experience() instanceof WorldModelLearningConfig.Windows
                                        ? " experience=windows"
                                        : "");
        int steps = learning.experience().steps();
        if (model.heads().rewardSteps() > steps) {
            throw new IllegalArgumentException(
                    "heads.rewardSteps is %d, sequences of %d steps have not as many"
                            .formatted(model.heads().rewardSteps(), steps));
        }
        view = new PictureView(frame, model.encoder(), learning.view());
        store = ExperienceStore.of(learning.experience(), frame, model);
        temperature =
                new Temperature(
                        learning.control().initialLogTemperature(),
                        learning.rates().temperature(),
                        learning.control().targetEntropy() * model.behaviour().actions());
        layout = new ModelLayout(model);
        seed = learning.seed();
        session =
                engine.open(
                        layout.layout(),
                        layout.initialValues(
                                new CounterRandom(seed, INITIAL_WEIGHTS_STREAM, 0),
                                learning.weights().contrast().initialTheta()),
                        new LearningProgram(layout, learning.weights(), learning.control()));
        update = new WorldModelUpdate(learning, layout, session, temperature);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A refused batch is not in the experience either. Steps that are there already, or older
     * than their robot's newest, are left out.
     *
     * @throws IllegalArgumentException if a step does not fit the configuration or is not finite
     */
    @Override
    public StepReport step(ExperienceBatch batch) {
        for (RobotStep one : batch.steps()) {
            one.check(frame, model.encoder().proprioception(), model.behaviour().actions());
        }
        Runnable wayBack = store.wayBack();
        int added = 0;
        for (RobotStep one : batch.steps()) {
            added += store.add(one) ? 1 : 0;
        }
        CounterRandom random = random(batch);
        List<? extends ExperienceStore.Sequence> sequences = store.next(random);
        var measurements = new ArrayList<Measurement>();
        double loss = 0;
        if (!sequences.isEmpty()) {
            WorldModelUpdate.Result result =
                    update.learn(
                            new SequenceBatch(model, learning, view, sequences, random),
                            isMeasured(step));
            if (!result.refusal().isEmpty()) {
                wayBack.run();
                return new StepReport(
                        step,
                        false,
                        result.refusal(),
                        Double.NaN,
                        batch.steps().size(),
                        Double.NaN,
                        List.of());
            }
            loss = result.loss();
            measurements.addAll(result.measurements());
        }
        step++;
        if (isMeasured(step - 1)) {
            measurements.add(Measurement.of("stepsKept", (double) store.steps()));
            measurements.add(Measurement.of("bytesKept", (double) store.bytes()));
            measurements.add(Measurement.of("stepsLeftOut", (double) batch.steps().size() - added));
        }
        return new StepReport(
                step,
                true,
                "",
                loss,
                sequences.isEmpty() ? 0 : batch.steps().size(),
                loss * batch.steps().size(),
                List.copyOf(measurements));
    }

    private boolean isMeasured(long number) {
        int every = learning.measureEverySteps();
        return every > 0 && number % every == 0;
    }

    /**
     * Draws of one update: a function of the seed, of the step and of what the batch begins with,
     * so that a refused batch does not leave its draws to the next.
     */
    private CounterRandom random(ExperienceBatch batch) {
        RobotStep first = batch.steps().get(0);
        long ofBatch =
                new CounterRandom(first.robot().hashCode(), first.episode(), first.sequence())
                        .nextLong();
        return new CounterRandom(
                seed, new CounterRandom(seed, STEP_STREAM, step).nextLong() ^ ofBatch, 0);
    }

    @Override
    public LearnerSnapshot snapshot() {
        return snapshot(store.allSegments());
    }

    @Override
    public LearnerSnapshot snapshotWithoutSegments() {
        return snapshot(null);
    }

    private LearnerSnapshot snapshot(SortedMap<Long, byte[]> segments) {
        Map<String, String> metadata = metadata();
        metadata.put(LearnerSnapshot.CONFIGURATION, configuration);
        return new LearnerSnapshot(
                WorldModelActor.KIND,
                WorldModelState.FORMAT_VERSION,
                step,
                metadata,
                WorldModelState.of(
                                seed,
                                update.updates(),
                                session,
                                update.optimisers(),
                                update.control())
                        .toBytes(temperature, store, segments));
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>(engine.metadata());
        metadata.put("learning", learning.toString());
        return metadata;
    }

    @Override
    public SortedMap<Long, byte[]> changedSegments() {
        return store.changedSegments();
    }

    @Override
    public SortedSet<Long> segmentNumbers() {
        return store.segmentNumbers();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Rates, weights of the losses and the bounds of the experience may differ from those it was
     * made with; the seed is the snapshot's.
     *
     * @throws IllegalArgumentException also if it was made on another engine or with other threads:
     *     the bits would differ. {@link LearnerSnapshot#adoptedBy} says that one accepts that.
     */
    @Override
    public void restore(LearnerSnapshot snapshot) {
        restore(snapshot, null);
    }

    @Override
    public void restore(LearnerSnapshot snapshot, SortedMap<Long, byte[]> segments) {
        snapshot.check(
                WorldModelActor.KIND,
                WorldModelState.WITHOUT_ORDERS,
                WorldModelState.FORMAT_VERSION,
                configuration,
                engine.metadata());
        List<Optimiser> optimisers = update.optimisers();
        var state =
                WorldModelState.fromBytes(
                        snapshot,
                        layout.layout().size(),
                        optimisers.size(),
                        temperature,
                        store,
                        segments);
        session.setParameters(state.parameters());
        for (int i = 0; i < optimisers.size(); i++) {
            optimisers.get(i).setMoments(state.firstMoments().get(i), state.secondMoments().get(i));
        }
        seed = state.seed();
        update.restore(state.updates(), state.control());
        step = snapshot.step();
    }

    @Override
    public ModelArtifact publish() {
        float[] served = new float[layout.served().size()];
        System.arraycopy(session.parameters(), 0, served, 0, served.length);
        Map<String, String> metadata = metadata();
        metadata.put(WorldModelActor.UPDATES, String.valueOf(update.updates()));
        return new ModelArtifact(
                WorldModelActor.KIND,
                WorldModelActor.ARTIFACT_VERSION,
                model.fingerprint(),
                step,
                metadata,
                Weights.toBytes(served));
    }

    @Override
    public Set<String> actions() {
        return UpdateControl.ACTIONS;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The gradient's limit is on that of the world model. The temperature's own rate and moments
     * stay: it is one number, and bounded.
     */
    @Override
    public String obey(Order order, boolean dryRun) {
        return actions().contains(order.action())
                ? update.control().obey(order, dryRun, update::resetMoments)
                : SegmentedLearner.super.obey(order, dryRun);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Critics are not published and stay as they are.
     */
    @Override
    public void adopt(ModelArtifact version) {
        float[] served =
                version.weights(
                        WorldModelActor.KIND,
                        WorldModelActor.ARTIFACT_VERSION,
                        model.fingerprint(),
                        layout.served().size());
        float[] all = session.parameters();
        System.arraycopy(served, 0, all, 0, served.length);
        session.setParameters(all);
        update.resetMoments();
        update.control().startAgain(UpdateControl.WARM_UP_STEPS);
    }

    @Override
    public void close() {
        session.close();
    }
}
