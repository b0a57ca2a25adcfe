package freshet.learners.worldmodel;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.SegmentedLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
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
import java.util.TreeSet;

/**
 * Learns a world model and a policy on its state from what robots did. Each batch goes into the
 * replay and sets off one update on sequences drawn from it; until there are enough it only goes
 * in.
 *
 * <p>Source: CoRe (arXiv:2112.01163) and its released code. Differs in this: critics and actor
 * learn from one pass, so the actor climbs the critics as they were before it.
 *
 * <p>The replay is the only state that grows; {@link WorldModelLearningConfig.Sampling#replayBytes}
 * bounds it. The score of a batch is the world model's loss on the drawn sequences before they are
 * learned.
 */
public final class WorldModelLearner implements SegmentedLearner<ExperienceBatch> {

    static final AdamConfig ADAM = new AdamConfig(0.9, 0.999, 1e-8);
    private static final long INITIAL_WEIGHTS_STREAM = 0;
    private static final long STEP_STREAM = 1;

    private final TensorEngine engine;
    private final WorldModelConfig model;
    private final WorldModelLearningConfig learning;
    private final Frame frame;
    private final String configuration;
    private final ModelLayout layout;
    private final Session session;
    private final Optimiser world;
    private final Optimiser theta;
    private final Optimiser critic;
    private final Optimiser worldOfCritic; // null unless moments are separate
    private final Optimiser actor;
    private final PictureView view;
    private final Replay replay;
    private final Temperature temperature;
    private long seed;
    private long step;
    private long updates;

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
                "%s frame=%dx%dx%d separateMoments=%s"
                        .formatted(
                                model.fingerprint(),
                                frame.channels(),
                                frame.height(),
                                frame.width(),
                                learning.rates().separateMoments());
        if (model.heads().rewardSteps() > learning.sampling().steps()) {
            throw new IllegalArgumentException(
                    "heads.rewardSteps is %d, sampling.steps = %d has not as many"
                            .formatted(model.heads().rewardSteps(), learning.sampling().steps()));
        }
        view = new PictureView(frame, model.encoder(), learning.view());
        replay =
                new Replay(
                        frame,
                        model.encoder().proprioception(),
                        model.behaviour().actions(),
                        learning.sampling().replayBytes(),
                        learning.sampling().steps());
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
                        layout.initialValues(new CounterRandom(seed, INITIAL_WEIGHTS_STREAM, 0)),
                        new LearningProgram(layout, learning.weights(), learning.control()));
        world = optimiser(layout.world());
        theta = optimiser(layout.theta());
        critic = optimiser(layout.critic());
        actor = optimiser(layout.actor());
        worldOfCritic = learning.rates().separateMoments() ? optimiser(layout.world()) : null;
    }

    private Optimiser optimiser(ModelLayout.Stretch stretch) {
        return session.optimiser(stretch.from(), stretch.to());
    }

    /**
     * {@inheritDoc}
     *
     * <p>A refused batch is not in the replay either. Steps that are there already, or older than
     * their robot's newest, are left out.
     *
     * @throws IllegalArgumentException if a step does not fit the configuration or is not finite
     */
    @Override
    public StepReport step(ExperienceBatch batch) {
        for (RobotStep one : batch.steps()) {
            one.check(frame, model.encoder().proprioception(), model.behaviour().actions());
        }
        Replay.Mark before = replay.mark();
        int added = 0;
        for (RobotStep one : batch.steps()) {
            added += replay.add(one) ? 1 : 0;
        }
        SequenceBatch drawn =
                replay.seen() < learning.sampling().firstUpdateAfter()
                        ? null
                        : SequenceBatch.draw(model, learning, view, replay, random(batch));
        var measurements = new ArrayList<Measurement>();
        double loss = 0;
        if (drawn != null) {
            Update update =
                    learning.rates().separateMoments() ? updateApart(drawn) : updateAtOnce(drawn);
            if (!update.refusal().isEmpty()) {
                replay.goBackTo(before);
                return new StepReport(
                        step,
                        false,
                        update.refusal(),
                        Double.NaN,
                        batch.steps().size(),
                        Double.NaN,
                        List.of());
            }
            loss = update.loss();
            measurements.addAll(update.measurements());
        }
        step++;
        if (isMeasured(step - 1)) {
            measurements.add(Measurement.of("replaySteps", (double) replay.steps()));
            measurements.add(Measurement.of("stepsLeftOut", (double) batch.steps().size() - added));
        }
        return new StepReport(
                step,
                true,
                "",
                loss,
                drawn == null ? 0 : batch.steps().size(),
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

    /**
     * What one update did.
     *
     * @param refusal empty if it was applied
     */
    private record Update(String refusal, double loss, List<Measurement> measurements) {}

    /** World model, critics and actor in one pass, and one history for the world model. */
    private Update updateAtOnce(SequenceBatch drawn) {
        Inputs inputs = drawn.forBoth(temperature.alpha());
        Outputs outputs = session.differentiate(inputs, wanted(inputs, true, true));
        var norms = new Norms();
        String refusal = norms.refusal(outputs, updates + 1);
        if (!refusal.isEmpty()) {
            return new Update(refusal, Double.NaN, List.of());
        }
        updates++;
        applyWorld(norms);
        applyControl(norms, outputs);
        return new Update(
                "", outputs.scalar(LearningProgram.WORLD_LOSS), measurements(outputs, norms));
    }

    /** As in the source: the world model first, then what the critics make of it. */
    private Update updateApart(SequenceBatch drawn) {
        Inputs inputs = drawn.forWorld();
        Outputs ofWorld = session.differentiate(inputs, wanted(inputs, true, false));
        var worldNorms = new Norms();
        String refusal = worldNorms.refusal(ofWorld, updates + 1);
        if (!refusal.isEmpty()) {
            return new Update(refusal, Double.NaN, List.of());
        }
        float[] parameters = session.parameters();
        float[][] moments = {
            world.firstMoment(), world.secondMoment(), theta.firstMoment(), theta.secondMoment()
        };
        updates++;
        applyWorld(worldNorms);
        Inputs again = drawn.forControl(temperature.alpha());
        Outputs ofControl = session.differentiate(again, wanted(again, false, true));
        var norms = new Norms();
        refusal = norms.refusal(ofControl, updates);
        if (!refusal.isEmpty()) {
            updates--;
            session.setParameters(parameters);
            world.setMoments(moments[0], moments[1]);
            theta.setMoments(moments[2], moments[3]);
            return new Update(refusal, Double.NaN, List.of());
        }
        worldOfCritic.adam(ADAM, learning.rates().world(), 1, updates);
        applyControl(norms, ofControl);
        var all = new ArrayList<>(measurements(ofWorld, worldNorms));
        all.addAll(measurements(ofControl, norms));
        return new Update("", ofWorld.scalar(LearningProgram.WORLD_LOSS), all);
    }

    private Set<String> wanted(Inputs inputs, boolean ofWorld, boolean ofControl) {
        var wanted = new TreeSet<String>(Set.of(Program.LOSS));
        if (ofControl) {
            wanted.addAll(
                    List.of(
                            LearningProgram.CRITIC_LOSS,
                            LearningProgram.ACTOR_LOSS,
                            LearningProgram.VALUE,
                            LearningProgram.LOG_PROBABILITY));
        }
        if (ofWorld) {
            wanted.add(LearningProgram.WORLD_LOSS);
            wanted.addAll(WorldModel.lossNames(learning.weights()));
            if (isMeasured(step)) {
                inputs.put(LearningProgram.MEASURES, new float[] {1}, 1);
                wanted.addAll(WorldModel.measureNames(learning.weights()));
            }
        }
        return wanted;
    }

    /** Norms of the gradients that the last pass left. */
    private final class Norms {
        private final double ofWorld = Math.hypot(world.gradientNorm(), theta.gradientNorm());
        private final double ofCritic = critic.gradientNorm();
        private final double ofActor = actor.gradientNorm();

        private String refusal(Outputs outputs, long update) {
            double loss = outputs.scalar(Program.LOSS);
            if (!Double.isFinite(loss)) {
                return "loss is %s at step %d".formatted(loss, update);
            }
            if (!Double.isFinite(ofWorld + ofCritic + ofActor)) {
                return "norms of the gradients are %s (world model), %s (critics), %s (actor) at step %d"
                        .formatted(ofWorld, ofCritic, ofActor, update);
            }
            return "";
        }
    }

    private void applyWorld(Norms norms) {
        WorldModelLearningConfig.Rates rates = learning.rates();
        double scale = GradientClip.scale(rates.worldClip(), norms.ofWorld);
        world.adam(ADAM, rates.world(), scale, updates);
        theta.adam(ADAM, rates.theta(), scale, updates);
    }

    private void applyControl(Norms norms, Outputs outputs) {
        WorldModelLearningConfig.Rates rates = learning.rates();
        critic.adam(
                ADAM,
                rates.critic(),
                GradientClip.scale(rates.criticClip(), norms.ofCritic),
                updates);
        actor.adam(
                ADAM, rates.actor(), GradientClip.scale(rates.actorClip(), norms.ofActor), updates);
        temperature.learn(outputs.scalar(LearningProgram.LOG_PROBABILITY));
        session.moveTowards(
                layout.critic().from(),
                layout.target().from(),
                layout.critic().size(),
                learning.control().targetShare());
    }

    private List<Measurement> measurements(Outputs outputs, Norms norms) {
        if (!isMeasured(step)) {
            return List.of();
        }
        var measurements = new ArrayList<Measurement>();
        for (String name : new TreeSet<>(outputs.arrays().keySet())) {
            if (!name.equals(Program.LOSS)) {
                measurements.add(Measurement.of(name, outputs.scalar(name)));
            }
        }
        if (outputs.arrays().containsKey(LearningProgram.WORLD_LOSS)) {
            measurements.add(Measurement.of("worldGradientNorm", norms.ofWorld));
        }
        if (outputs.arrays().containsKey(LearningProgram.CRITIC_LOSS)) {
            measurements.add(Measurement.of("criticGradientNorm", norms.ofCritic));
            measurements.add(Measurement.of("actorGradientNorm", norms.ofActor));
            measurements.add(Measurement.of("temperature", temperature.alpha()));
        }
        return measurements;
    }

    private List<Optimiser> optimisers() {
        return worldOfCritic == null
                ? List.of(world, theta, critic, actor)
                : List.of(world, theta, critic, actor, worldOfCritic);
    }

    @Override
    public LearnerSnapshot snapshot() {
        return snapshot(replay.allSegments());
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
                WorldModelState.of(seed, updates, session, optimisers())
                        .toBytes(temperature, replay, segments));
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>(engine.metadata());
        metadata.put("learning", learning.toString());
        return metadata;
    }

    @Override
    public SortedMap<Long, byte[]> changedSegments() {
        return replay.changedSegments();
    }

    @Override
    public SortedSet<Long> segmentNumbers() {
        return replay.segmentNumbers();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Rates, weights of the losses and the size of the replay may differ from those it was made
     * with; the seed is the snapshot's.
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
                WorldModelState.FORMAT_VERSION,
                WorldModelState.FORMAT_VERSION,
                configuration,
                engine.metadata());
        List<Optimiser> optimisers = optimisers();
        var state =
                WorldModelState.fromBytes(
                        snapshot,
                        layout.layout().size(),
                        optimisers.size(),
                        temperature,
                        replay,
                        segments);
        session.setParameters(state.parameters());
        for (int i = 0; i < optimisers.size(); i++) {
            optimisers.get(i).setMoments(state.firstMoments().get(i), state.secondMoments().get(i));
        }
        seed = state.seed();
        updates = state.updates();
        step = snapshot.step();
    }

    @Override
    public ModelArtifact publish() {
        float[] served = new float[layout.served().size()];
        System.arraycopy(session.parameters(), 0, served, 0, served.length);
        Map<String, String> metadata = metadata();
        metadata.put(WorldModelActor.UPDATES, String.valueOf(updates));
        return new ModelArtifact(
                WorldModelActor.KIND,
                WorldModelActor.ARTIFACT_VERSION,
                model.fingerprint(),
                step,
                metadata,
                Weights.toBytes(served));
    }

    @Override
    public void close() {
        session.close();
    }
}
