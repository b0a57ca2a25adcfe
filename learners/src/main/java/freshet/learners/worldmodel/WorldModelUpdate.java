package freshet.learners.worldmodel;

import freshet.learners.Measurement;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.DeviceMemoryException;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One update of world model, critics and actor: which optimiser moves what, by how much, and what
 * is undone if a loss or a norm is not finite.
 *
 * <p>Source: CoRe (arXiv:2112.01163) and its released code. Differs in this: critics and actor
 * learn from one pass, so the actor climbs the critics as they were before it.
 */
final class WorldModelUpdate {

    static final AdamConfig ADAM = new AdamConfig(0.9, 0.999, 1e-8);

    private final WorldModelLearningConfig learning;
    private final ModelLayout layout;
    private final Session session;
    private final Temperature temperature;
    private final Optimiser world;
    private final Optimiser theta;
    private final Optimiser critic;
    private final Optimiser actor;
    private final Optimiser worldOfCritic; // null unless moments are separate
    private UpdateControl control = new UpdateControl();
    private long updates;

    WorldModelUpdate(
            WorldModelLearningConfig learning,
            ModelLayout layout,
            Session session,
            Temperature temperature) {
        this.learning = learning;
        this.layout = layout;
        this.session = session;
        this.temperature = temperature;
        world = optimiser(layout.world());
        theta = optimiser(layout.theta());
        critic = optimiser(layout.critic());
        actor = optimiser(layout.actor());
        worldOfCritic = learning.rates().separateMoments() ? optimiser(layout.world()) : null;
    }

    private Optimiser optimiser(ModelLayout.Stretch stretch) {
        return session.optimiser(stretch.from(), stretch.to());
    }

    /** Updates so far. */
    long updates() {
        return updates;
    }

    UpdateControl control() {
        return control;
    }

    void restore(long updatesSoFar, UpdateControl controlSoFar) {
        updates = updatesSoFar;
        control = controlSoFar;
    }

    /**
     * What one update did.
     *
     * @param refusal empty if it was applied
     */
    record Result(String refusal, double loss, List<Measurement> measurements) {}

    /**
     * @param measured whether shares of right picks and the like are wanted
     */
    Result learn(SequenceBatch drawn, boolean measured) {
        return learning.rates().separateMoments()
                ? updateApart(drawn, measured)
                : updateAtOnce(drawn, measured);
    }

    /** World model, critics and actor in one pass, and one history for the world model. */
    private Result updateAtOnce(SequenceBatch drawn, boolean measured) {
        Inputs inputs = drawn.forBoth(temperature.alpha());
        Outputs outputs;
        try {
            outputs = session.differentiate(inputs, wanted(inputs, true, true, measured));
        } catch (DeviceMemoryException e) {
            return new Result(e.getMessage(), Double.NaN, List.of());
        }
        var norms = new Norms();
        String refusal = norms.refusal(outputs, updates + 1);
        if (refusal.isEmpty()) {
            refusal = control.refusal(norms.ofWorld, updates + 1);
        }
        if (!refusal.isEmpty()) {
            return new Result(refusal, Double.NaN, List.of());
        }
        updates++;
        applyWorld(norms);
        applyControl(norms, outputs);
        control.applied(norms.ofWorld);
        return new Result(
                "",
                outputs.scalar(LearningProgram.WORLD_LOSS),
                measured ? measurements(drawn, outputs, norms) : List.of());
    }

    /** As in the source: the world model first, then what the critics make of it. */
    private Result updateApart(SequenceBatch drawn, boolean measured) {
        Inputs inputs = drawn.forWorld();
        Outputs ofWorld;
        try {
            ofWorld = session.differentiate(inputs, wanted(inputs, true, false, measured));
        } catch (DeviceMemoryException e) {
            return new Result(e.getMessage(), Double.NaN, List.of());
        }
        var worldNorms = new Norms();
        String refusal = worldNorms.refusal(ofWorld, updates + 1);
        if (refusal.isEmpty()) {
            refusal = control.refusal(worldNorms.ofWorld, updates + 1);
        }
        if (!refusal.isEmpty()) {
            return new Result(refusal, Double.NaN, List.of());
        }
        float[] parameters = session.parameters();
        float[][] moments = {
            world.firstMoment(), world.secondMoment(), theta.firstMoment(), theta.secondMoment()
        };
        updates++;
        applyWorld(worldNorms);
        Inputs again = drawn.forControl(temperature.alpha());
        Outputs ofControl = null;
        Norms norms = null;
        try {
            ofControl = session.differentiate(again, wanted(again, false, true, false));
            norms = new Norms();
            refusal = norms.refusal(ofControl, updates);
        } catch (DeviceMemoryException e) {
            refusal = e.getMessage();
        }
        if (!refusal.isEmpty()) {
            updates--;
            session.setParameters(parameters);
            world.setMoments(moments[0], moments[1]);
            theta.setMoments(moments[2], moments[3]);
            return new Result(refusal, Double.NaN, List.of());
        }
        worldOfCritic.adam(ADAM, rate(learning.rates().world()), 1, control.nextMomentStep());
        applyControl(norms, ofControl);
        control.applied(worldNorms.ofWorld);
        var all = new ArrayList<Measurement>();
        if (measured) {
            all.addAll(measurements(drawn, ofWorld, worldNorms));
            all.addAll(measurements(drawn, ofControl, norms));
        }
        return new Result("", ofWorld.scalar(LearningProgram.WORLD_LOSS), all);
    }

    private Set<String> wanted(
            Inputs inputs, boolean ofWorld, boolean ofControl, boolean measured) {
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
            if (measured) {
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

    /** As it is ordered. */
    private double rate(double plain) {
        return plain * control.rateScale();
    }

    private void applyWorld(Norms norms) {
        WorldModelLearningConfig.Rates rates = learning.rates();
        double scale = GradientClip.scale(rates.worldClip(), norms.ofWorld);
        world.adam(ADAM, rate(rates.world()), scale, control.nextMomentStep());
        theta.adam(ADAM, rate(rates.theta()), scale, control.nextMomentStep());
    }

    private void applyControl(Norms norms, Outputs outputs) {
        WorldModelLearningConfig.Rates rates = learning.rates();
        critic.adam(
                ADAM,
                rate(rates.critic()),
                GradientClip.scale(rates.criticClip(), norms.ofCritic),
                control.nextMomentStep());
        actor.adam(
                ADAM,
                rate(rates.actor()),
                GradientClip.scale(rates.actorClip(), norms.ofActor),
                control.nextMomentStep());
        temperature.learn(outputs.scalar(LearningProgram.LOG_PROBABILITY));
        session.moveTowards(
                layout.critic().from(),
                layout.target().from(),
                layout.critic().size(),
                learning.control().targetShare());
    }

    private List<Measurement> measurements(SequenceBatch drawn, Outputs outputs, Norms norms) {
        var measurements = new ArrayList<Measurement>();
        for (String name : new TreeSet<>(outputs.arrays().keySet())) {
            if (!name.equals(Program.LOSS)) {
                measurements.add(Measurement.of(name, outputs.scalar(name)));
            }
        }
        if (outputs.arrays().containsKey(WorldModel.ACCURACY)) {
            double within = 1.0 / (drawn.steps() - 1); // of the first step nothing is foretold
            measurements.add(Measurement.of("contrastChance", within / drawn.sequences()));
            measurements.add(Measurement.of("contrastChanceWithin", within));
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

    void resetMoments() {
        for (Optimiser optimiser : optimisers()) {
            float[] zeros = new float[optimiser.firstMoment().length];
            optimiser.setMoments(zeros, zeros);
        }
    }

    /** In the order of a snapshot. */
    List<Optimiser> optimisers() {
        return worldOfCritic == null
                ? List.of(world, theta, critic, actor)
                : List.of(world, theta, critic, actor, worldOfCritic);
    }
}
