package freshet.learners.worldmodel;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encoder, latent state and heads, and what they are asked for together.
 *
 * <p>A record of step t is what was seen, the action that followed and the reward that the action
 * brought. Reward and inverse dynamics read posterior states; only the prediction of the present
 * features reads the prior.
 */
final class WorldModel {

    static final String CONTRAST = "contrastNats";
    static final String SAME_FRAME = "sameFrameNats";
    static final String REWARD = "rewardLoss";
    static final String INVERSE = "inverseLoss";
    static final String DIVERGENCE = "divergenceNats";
    static final String ACCURACY = "contrastAccuracy";
    static final String ACCURACY_WITHIN = "contrastAccuracyWithin";
    static final String DEVIATION = "latentDeviation";
    static final String SCALE = "contrastScale";
    static final String THETA = "theta";

    private final WorldModelConfig config;
    private final ObservationEncoder encoder;
    private final LatentState latentState;
    private final Perceptron decoder;
    private final Perceptron reward;
    private final Perceptron inverse;

    WorldModel(WorldModelConfig config) {
        this.config = config;
        int actions = config.behaviour().actions();
        WorldModelConfig.Heads heads = config.heads();
        encoder = new ObservationEncoder(config.encoder());
        latentState = new LatentState(config.latent(), encoder.features(), actions);
        int state = config.latent().state();
        decoder = head("decoder", state, heads.decoder(), encoder.features());
        reward =
                head(
                        "reward",
                        state + heads.rewardSteps() * actions,
                        heads.reward(),
                        Math.max(1, heads.rewardSteps()));
        boolean latents = heads.inverseInput() == WorldModelConfig.InverseInput.LATENTS;
        inverse =
                head(
                        "inverse",
                        2 * (latents ? config.latent().size() : state),
                        heads.inverse(),
                        actions);
    }

    /** Names of the losses that are worked out with these weights. */
    static List<String> lossNames(LossWeights weights) {
        var names = new ArrayList<String>();
        if (weights.contrast().weight() > 0) {
            names.add(CONTRAST);
            if (weights.sameFrame() > 0) {
                names.add(SAME_FRAME);
            }
        }
        if (weights.reward() > 0) {
            names.add(REWARD);
        }
        if (weights.inverse() > 0) {
            names.add(INVERSE);
        }
        return names;
    }

    /** Names of what is given besides if measures are wanted. */
    static List<String> measureNames(LossWeights weights) {
        var names = new ArrayList<>(List.of(DIVERGENCE, DEVIATION, SCALE));
        if (weights.contrast().weight() > 0) {
            names.addAll(List.of(ACCURACY, ACCURACY_WITHIN));
        }
        return names;
    }

    private static Perceptron head(String name, int inputs, List<Integer> hidden, int outputs) {
        var widths = new ArrayList<>(hidden);
        widths.add(outputs);
        return new Perceptron(name, inputs, widths, Activation.ELU);
    }

    ObservationEncoder encoder() {
        return encoder;
    }

    LatentState latentState() {
        return latentState;
    }

    /** What is needed to keep a belief: encoder and latent state. */
    void addBeliefTo(Layout.Builder layout) {
        encoder.addTo(layout);
        latentState.addTo(layout);
    }

    /** What says which features are expected. */
    void addDecoderTo(Layout.Builder layout) {
        decoder.addTo(layout);
    }

    /**
     * What is needed to learn besides; the last is the contrast's theta, which begins where it is
     * told to.
     */
    void addHeadsTo(Layout.Builder layout) {
        reward.addTo(layout);
        inverse.addTo(layout);
        layout.add(THETA, random -> 0, 1);
    }

    /**
     * One batch of sequences.
     *
     * @param features {@code [T B, F]}
     * @param targets {@code [T B, F]}: what the contrast must find; the features themselves, or
     *     those of a second view
     * @param actions {@code [T B, A]}
     * @param rewards {@code [T B]}
     * @param priorNoise {@code [(T - 1) B, Z]} standard normal draws
     */
    record Batch<T>(
            T features, T targets, T actions, T rewards, T priorNoise, int steps, int sequences) {

        T rows(Ops<T> ops, T tensor, int from, int to) {
            return ops.slice(tensor, 0, (long) from * sequences, (long) to * sequences);
        }
    }

    /**
     * The weighted sum of the losses, and each of them by name.
     *
     * @param weights a loss with weight 0 is not computed
     * @param measures whether shares of right picks are wanted too
     */
    <T> T loss(
            Ops<T> ops,
            Map<String, T> parameters,
            Batch<T> batch,
            LatentState.Unrolled<T> unrolled,
            LossWeights weights,
            boolean measures,
            Map<String, T> outputs) {
        Map<String, T> terms = new LinkedHashMap<>();
        T states = latentState.state(ops, unrolled.latent(), unrolled.hidden());
        if (weights.contrast().weight() > 0) {
            contrast(ops, parameters, batch, unrolled, weights, measures, terms, outputs);
        }
        if (weights.reward() > 0) {
            T loss = rewardLoss(ops, parameters, batch, states);
            outputs.put(REWARD, loss);
            terms.put(REWARD, ops.multiply(loss, weights.reward()));
        }
        if (weights.inverse() > 0) {
            T loss = inverseLoss(ops, parameters, batch, unrolled, states);
            outputs.put(INVERSE, loss);
            terms.put(INVERSE, ops.multiply(loss, weights.inverse()));
        }
        Gaussian<T> seen =
                new Gaussian<>(
                        batch.rows(ops, unrolled.posterior().mean(), 1, batch.steps()),
                        batch.rows(ops, unrolled.posterior().logDeviation(), 1, batch.steps()));
        if (weights.divergence() > 0) {
            T loss = Gaussian.balancedLoss(ops, seen, unrolled.prior(), weights.freeNats());
            terms.put(DIVERGENCE, ops.multiply(loss, weights.divergence()));
        }
        if (measures) {
            T divergence = seen.stopped(ops).divergence(ops, unrolled.prior().stopped(ops));
            outputs.put(DIVERGENCE, ops.meanAll(divergence));
            outputs.put(
                    DEVIATION,
                    ops.meanAll(ops.exp(ops.stopGradient(unrolled.posterior().logDeviation()))));
            outputs.put(SCALE, ops.softplus(ops.stopGradient(parameters.get(THETA))));
        }
        T loss = null;
        for (T term : terms.values()) {
            loss = loss == null ? term : ops.add(loss, term);
        }
        return loss == null ? ops.multiply(ops.sumAll(parameters.get(THETA)), 0) : loss;
    }

    private <T> void contrast(
            Ops<T> ops,
            Map<String, T> parameters,
            Batch<T> batch,
            LatentState.Unrolled<T> unrolled,
            LossWeights weights,
            boolean measures,
            Map<String, T> terms,
            Map<String, T> outputs) {
        LossWeights.Contrast contrast = weights.contrast();
        int sequences = batch.sequences();
        T theta = parameters.get(THETA);
        T drawn = unrolled.prior().sample(ops, batch.priorNoise());
        T hidden =
                unrolled.hidden() == null
                        ? null
                        : batch.rows(ops, unrolled.hidden(), 1, batch.steps());
        T predicted = expectedFeatures(ops, parameters, latentState.state(ops, drawn, hidden));
        T observed = batch.rows(ops, batch.targets(), 1, batch.steps());
        T loss = ContrastiveLoss.symmetric(ops, observed, predicted, theta, contrast, sequences);
        outputs.put(CONTRAST, loss);
        terms.put(CONTRAST, ops.multiply(loss, contrast.weight()));
        if (weights.sameFrame() > 0) {
            T features = batch.rows(ops, batch.features(), 1, batch.steps());
            T same = ContrastiveLoss.symmetric(ops, observed, features, theta, contrast, sequences);
            outputs.put(SAME_FRAME, same);
            terms.put(SAME_FRAME, ops.multiply(same, weights.sameFrame()));
        }
        if (measures) {
            outputs.put(
                    ACCURACY,
                    ContrastiveLoss.accuracy(
                            ops,
                            observed,
                            predicted,
                            contrast.against(LossWeights.Negatives.ALL),
                            sequences));
            outputs.put(
                    ACCURACY_WITHIN,
                    ContrastiveLoss.accuracy(
                            ops,
                            observed,
                            predicted,
                            contrast.against(LossWeights.Negatives.SAME_SEQUENCE),
                            sequences));
        }
    }

    /**
     * The features of a picture before it is seen, normed as those of seen ones are.
     *
     * @param states {@code [N, Z + H]}, the latent of the prior
     * @return {@code [N, F]}
     */
    <T> T expectedFeatures(Ops<T> ops, Map<String, T> parameters, T states) {
        return ops.layerNorm(decoder.apply(ops, parameters, states), Gaussian.NORM_EPSILON);
    }

    private <T> T rewardLoss(Ops<T> ops, Map<String, T> parameters, Batch<T> batch, T states) {
        int ahead = config.heads().rewardSteps();
        int steps = batch.steps();
        if (ahead == 0) {
            T predicted = rewards(ops, parameters, batch.rows(ops, states, 1, steps));
            return PredictionLosses.smoothL1(
                    ops, predicted, batch.rows(ops, batch.rewards(), 0, steps - 1));
        }
        int starts = steps - ahead + 1;
        var read = new ArrayList<T>();
        read.add(batch.rows(ops, states, 0, starts));
        var actual = new ArrayList<T>();
        for (int i = 0; i < ahead; i++) {
            read.add(batch.rows(ops, batch.actions(), i, i + starts));
            T rewards = batch.rows(ops, batch.rewards(), i, i + starts);
            actual.add(ops.reshape(rewards, ops.shape(rewards)[0], 1));
        }
        T predicted = reward.apply(ops, parameters, ops.concat(read, 1));
        return PredictionLosses.smoothL1(ops, predicted, ops.concat(actual, 1));
    }

    /**
     * The reward of the action that led to each state, {@code [N]}; for {@code rewardSteps} of 0.
     */
    <T> T rewards(Ops<T> ops, Map<String, T> parameters, T states) {
        return ops.reshape(reward.apply(ops, parameters, states), ops.shape(states)[0]);
    }

    private <T> T inverseLoss(
            Ops<T> ops,
            Map<String, T> parameters,
            Batch<T> batch,
            LatentState.Unrolled<T> unrolled,
            T states) {
        boolean latents = config.heads().inverseInput() == WorldModelConfig.InverseInput.LATENTS;
        T read = latents ? unrolled.latent() : states;
        int steps = batch.steps();
        T pair =
                ops.concat(
                        List.of(
                                batch.rows(ops, read, 0, steps - 1),
                                batch.rows(ops, read, 1, steps)),
                        1);
        T predicted = ops.tanh(inverse.apply(ops, parameters, pair));
        return PredictionLosses.inverseDynamics(
                ops, predicted, batch.rows(ops, batch.actions(), 0, steps - 1));
    }
}
