package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Losses over a batch of sequences: with {@value #PRIOR_NOISE} those of the world model, with
 * {@value #TEMPERATURE} those of critics and actor; with both, their sum. Each loss reaches the
 * parameters that it is to move and no others: the critics' the critics and the way to the state,
 * the actor's the actor alone.
 */
final class LearningProgram implements Program {

    /** {@code [T B, C, height, width]} in [0, 255]. */
    static final String PICTURES = "pictures";

    /** The same frames seen otherwise; only if the contrast is to find those. */
    static final String SECOND_VIEW = "secondView";

    /** {@code [T B, P]}, only if P is not 0. */
    static final String FELT = "felt";

    /** {@code [T, B, A]}. */
    static final String ACTIONS = "actions";

    /** {@code [T B]}. */
    static final String REWARDS = "rewards";

    /** {@code [T B, Z]} standard normal, as all noise. */
    static final String NOISE = "noise";

    /** {@code [(T - 1) B, Z]}. */
    static final String PRIOR_NOISE = "priorNoise";

    /** {@code [(T - 1) B, A]}, of the next actions. */
    static final String NEXT_NOISE = "nextNoise";

    /** {@code [N, A]}, of the actor's own: N is B times the steps at which it learns. */
    static final String ACTOR_NOISE = "actorNoise";

    /** {@code [1]}, alpha. */
    static final String TEMPERATURE = "temperature";

    /** Any value: shares of right picks and the like are wanted. */
    static final String MEASURES = "measures";

    static final String WORLD_LOSS = "worldLoss";
    static final String CRITIC_LOSS = "criticLoss";
    static final String ACTOR_LOSS = "actorLoss";
    static final String VALUE = "value";
    static final String LOG_PROBABILITY = "logProbability";

    private final ModelLayout layout;
    private final LossWeights weights;
    private final WorldModelLearningConfig.Control control;

    LearningProgram(
            ModelLayout layout, LossWeights weights, WorldModelLearningConfig.Control control) {
        this.layout = layout;
        this.weights = weights;
        this.control = control;
    }

    /** Steps of a sequence of T at which the actor learns. */
    static int actorSteps(int steps, int every) {
        return (steps - 2) / every + 1;
    }

    @Override
    public <T> Map<String, T> outputs(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
        Map<String, T> outputs = new LinkedHashMap<>();
        WorldModel model = layout.model();
        long[] shape = ops.shape(inputs.get(ACTIONS));
        int steps = Math.toIntExact(shape[0]);
        int sequences = Math.toIntExact(shape[1]);
        T actions = ops.reshape(inputs.get(ACTIONS), (long) steps * sequences, shape[2]);
        T features = encode(ops, parameters, inputs, PICTURES);
        T targets =
                inputs.containsKey(SECOND_VIEW) && inputs.containsKey(PRIOR_NOISE)
                        ? encode(ops, parameters, inputs, SECOND_VIEW)
                        : features;
        LatentState.Unrolled<T> unrolled =
                model.latentState()
                        .unroll(ops, parameters, features, actions, inputs.get(NOISE), sequences);
        var batch =
                new WorldModel.Batch<>(
                        features,
                        targets,
                        actions,
                        inputs.get(REWARDS),
                        inputs.get(PRIOR_NOISE),
                        steps,
                        sequences);
        List<T> losses = new ArrayList<>();
        if (inputs.containsKey(PRIOR_NOISE)) {
            T loss =
                    model.loss(
                            ops,
                            parameters,
                            batch,
                            unrolled,
                            weights,
                            inputs.containsKey(MEASURES),
                            outputs);
            outputs.put(WORLD_LOSS, loss);
            losses.add(loss);
        }
        if (inputs.containsKey(TEMPERATURE)) {
            T states =
                    model.latentState().state(ops, unrolled.posterior().mean(), unrolled.hidden());
            losses.add(critics(ops, parameters, inputs, batch, states, outputs));
            losses.add(actor(ops, parameters, inputs, batch, states, outputs));
        }
        T loss = losses.get(0);
        for (T other : losses.subList(1, losses.size())) {
            loss = ops.add(loss, other);
        }
        outputs.put(LOSS, loss);
        return outputs;
    }

    private <T> T encode(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs, String pictures) {
        return layout.model()
                .encoder()
                .encode(ops, parameters, inputs.get(pictures), inputs.get(FELT));
    }

    private <T> T critics(
            Ops<T> ops,
            Map<String, T> parameters,
            Map<String, T> inputs,
            WorldModel.Batch<T> batch,
            T states,
            Map<String, T> outputs) {
        int steps = batch.steps();
        Map<String, T> fixed = fixed(ops, parameters, "actor.", "target.");
        T next = ops.stopGradient(batch.rows(ops, states, 1, steps));
        TanhPolicy.Draw<T> nextDraw =
                TanhPolicy.of(ops, layout.policy().apply(ops, fixed, next))
                        .draw(ops, inputs.get(NEXT_NOISE));
        T target =
                SoftActorCritic.target(
                        ops,
                        batch.rows(ops, batch.rewards(), 0, steps - 1),
                        SoftActorCritic.lower(
                                ops,
                                layout.targetCritics().values(ops, fixed, next, nextDraw.action())),
                        nextDraw.logProbability(),
                        inputs.get(TEMPERATURE),
                        control.discount());
        T values =
                layout.critics()
                        .values(
                                ops,
                                parameters,
                                batch.rows(ops, states, 0, steps - 1),
                                batch.rows(ops, batch.actions(), 0, steps - 1));
        T loss = SoftActorCritic.criticLoss(ops, values, target);
        outputs.put(VALUE, ops.meanAll(ops.stopGradient(values)));
        outputs.put(CRITIC_LOSS, loss);
        return loss;
    }

    private <T> T actor(
            Ops<T> ops,
            Map<String, T> parameters,
            Map<String, T> inputs,
            WorldModel.Batch<T> batch,
            T states,
            Map<String, T> outputs) {
        var chosen = new ArrayList<T>();
        for (int step = 0; step < batch.steps() - 1; step += control.actorEvery()) {
            chosen.add(batch.rows(ops, states, step, step + 1));
        }
        T seen = ops.stopGradient(ops.concat(chosen, 0));
        TanhPolicy.Draw<T> draw =
                TanhPolicy.of(ops, layout.policy().apply(ops, parameters, seen))
                        .draw(ops, inputs.get(ACTOR_NOISE));
        T value =
                SoftActorCritic.lower(
                        ops,
                        layout.critics()
                                .values(
                                        ops,
                                        fixed(ops, parameters, "critic."),
                                        seen,
                                        draw.action()));
        T loss =
                SoftActorCritic.actorLoss(
                        ops, value, draw.logProbability(), inputs.get(TEMPERATURE));
        outputs.put(LOG_PROBABILITY, ops.meanAll(ops.stopGradient(draw.logProbability())));
        outputs.put(ACTOR_LOSS, loss);
        return loss;
    }

    /** Parameters of which no gradient is wanted here. */
    private static <T> Map<String, T> fixed(
            Ops<T> ops, Map<String, T> parameters, String... prefixes) {
        var fixed = new HashMap<String, T>();
        parameters.forEach(
                (name, value) -> {
                    for (String prefix : prefixes) {
                        if (name.startsWith(prefix)) {
                            fixed.put(name, ops.stopGradient(value));
                        }
                    }
                });
        return fixed;
    }
}
