package freshet.learners.worldmodel;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The state of a robot's world as far as the model has made it out: from step to step by action
 * alone ({@link #advance}), then by what is observed ({@link #observe}).
 */
final class LatentState {

    private final WorldModelConfig.Latent config;
    private final int features;
    private final Perceptron embed;
    private final Perceptron recurrentInput;
    private final RecurrentCell cell; // null without recurrence
    private final LatentHead posterior;
    private final LatentHead prior;

    /**
     * @param features F
     * @param actions A
     */
    LatentState(WorldModelConfig.Latent config, int features, int actions) {
        this.config = config;
        this.features = features;
        embed = new Perceptron("embed", features, config.embed(), Activation.ELU);
        recurrentInput =
                new Perceptron(
                        "recurrentInput",
                        config.size() + actions,
                        config.recurrentInput(),
                        Activation.ELU);
        cell =
                config.recurrent()
                        ? new RecurrentCell("cell", recurrentInput.outputs(), config.hidden())
                        : null;
        posterior =
                LatentHead.of(
                        "posterior",
                        embed.outputs() + (cell == null ? 0 : config.hidden()),
                        config.posterior(),
                        config.size());
        prior =
                LatentHead.of(
                        "prior",
                        cell == null ? recurrentInput.outputs() : config.hidden(),
                        config.prior(),
                        config.size());
    }

    void addTo(Layout.Builder layout) {
        embed.addTo(layout);
        recurrentInput.addTo(layout);
        if (cell != null) {
            cell.addTo(layout);
        }
        posterior.addTo(layout);
        prior.addTo(layout);
    }

    /**
     * Beliefs over all steps of all sequences.
     *
     * @param hidden {@code [T B, H]}; null without recurrence
     * @param prior {@code [(T - 1) B, Z]}: of the steps from the second on
     * @param posterior {@code [T B, Z]}
     * @param latent {@code [T B, Z]} drawn from the posterior
     */
    record Unrolled<T>(T hidden, Gaussian<T> prior, Gaussian<T> posterior, T latent) {}

    /**
     * Goes through sequences from a state of 0.
     *
     * @param features {@code [T B, F]}
     * @param actions {@code [T B, A]}
     * @param noise {@code [T B, Z]} standard normal draws
     */
    <T> Unrolled<T> unroll(
            Ops<T> ops, Map<String, T> parameters, T features, T actions, T noise, int sequences) {
        T seen = embed(ops, parameters, features);
        T ofActions = recurrentInput.addend(ops, parameters, actions, config.size());
        return cell == null
                ? withoutRecurrence(ops, parameters, seen, ofActions, noise, sequences)
                : withRecurrence(ops, parameters, seen, ofActions, noise, sequences);
    }

    private <T> Unrolled<T> withRecurrence(
            Ops<T> ops, Map<String, T> parameters, T seen, T ofActions, T noise, int sequences) {
        T ofLatent = recurrentInput.part(ops, parameters, 0, config.size());
        T ofHidden = partOfHidden(ops, parameters);
        var hiddens = new ArrayList<T>();
        var means = new ArrayList<T>();
        var deviations = new ArrayList<T>();
        var latents = new ArrayList<T>();
        List<T> looks = ops.split(seen, 0, sequences);
        List<T> actions = ops.split(ofActions, 0, sequences);
        List<T> draws = ops.split(noise, 0, sequences);
        T hidden = ops.zeros(sequences, config.hidden());
        T latent = null;
        for (int step = 0; step < looks.size(); step++) {
            if (step > 0) {
                T first = ops.addMatmul(actions.get(step - 1), latent, ofLatent);
                hidden = next(ops, parameters, first, hidden);
            }
            Gaussian<T> belief =
                    posterior.rest(
                            ops, parameters, ops.addMatmul(looks.get(step), hidden, ofHidden));
            latent = belief.sample(ops, draws.get(step));
            hiddens.add(hidden);
            means.add(belief.mean());
            deviations.add(belief.logDeviation());
            latents.add(latent);
        }
        T hiddenOfAll = ops.concat(hiddens, 0);
        return new Unrolled<>(
                hiddenOfAll,
                prior.apply(
                        ops,
                        parameters,
                        ops.slice(hiddenOfAll, 0, sequences, (long) looks.size() * sequences)),
                new Gaussian<>(ops.concat(means, 0), ops.concat(deviations, 0)),
                ops.concat(latents, 0));
    }

    private <T> Unrolled<T> withoutRecurrence(
            Ops<T> ops, Map<String, T> parameters, T seen, T ofActions, T noise, int sequences) {
        Gaussian<T> belief = posterior.rest(ops, parameters, seen);
        T latent = belief.sample(ops, noise);
        long before = ops.shape(latent)[0] - sequences;
        T first =
                ops.addMatmul(
                        ops.slice(ofActions, 0, 0, before),
                        ops.slice(latent, 0, 0, before),
                        recurrentInput.part(ops, parameters, 0, config.size()));
        T input = next(ops, parameters, first, null);
        return new Unrolled<>(null, prior.apply(ops, parameters, input), belief, latent);
    }

    /** One step by action alone: {@code [B, H]}, or without recurrence what the prior reads. */
    <T> T advance(Ops<T> ops, Map<String, T> parameters, T latent, T action, T hidden) {
        T first =
                ops.addMatmul(
                        recurrentInput.addend(ops, parameters, action, config.size()),
                        latent,
                        recurrentInput.part(ops, parameters, 0, config.size()));
        return next(ops, parameters, first, hidden);
    }

    /** What is believed after a look. */
    <T> Gaussian<T> observe(Ops<T> ops, Map<String, T> parameters, T features, T hidden) {
        T first = embed(ops, parameters, features);
        if (cell != null) {
            first = ops.addMatmul(first, hidden, partOfHidden(ops, parameters));
        }
        return posterior.rest(ops, parameters, first);
    }

    /** What is believed before a look, from what {@link #advance} gave. */
    <T> Gaussian<T> expect(Ops<T> ops, Map<String, T> parameters, T advanced) {
        return prior.apply(ops, parameters, advanced);
    }

    /** What heads and policy see: {@code [N, Z + H]}. */
    <T> T state(Ops<T> ops, T latent, T hidden) {
        return cell == null ? latent : ops.concat(List.of(latent, hidden), 1);
    }

    private <T> T embed(Ops<T> ops, Map<String, T> parameters, T observed) {
        if (ops.shape(observed)[1] != features) {
            throw new IllegalArgumentException(
                    "features have width %d, expected %d"
                            .formatted(ops.shape(observed)[1], features));
        }
        T embedded = ops.layerNorm(embed.apply(ops, parameters, observed), Gaussian.NORM_EPSILON);
        return posterior.layers().addend(ops, parameters, embedded, 0);
    }

    /** What the posterior's first layer has for the recurrent state. */
    private <T> T partOfHidden(Ops<T> ops, Map<String, T> parameters) {
        return posterior.layers().part(ops, parameters, embed.outputs(), config.hidden());
    }

    /**
     * @param first the sum of the recurrent input's first layer
     */
    private <T> T next(Ops<T> ops, Map<String, T> parameters, T first, T hidden) {
        T input = ops.elu(recurrentInput.rest(ops, parameters, first));
        return cell == null ? input : cell.next(ops, parameters, input, hidden);
    }
}
