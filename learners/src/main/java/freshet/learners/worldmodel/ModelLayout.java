package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import java.util.ArrayList;

/**
 * Where each part of the model lies in the flat buffer: actor, belief, decoder, other heads,
 * inverse temperature, critics, target critics. What is served comes first: actor and belief, which
 * act, and the decoder, which says what is expected.
 */
final class ModelLayout {

    /** Parameters [from, to). */
    record Stretch(int from, int to) {

        int size() {
            return to - from;
        }
    }

    private final Layout.Builder builder = new Layout.Builder();
    private final WorldModel model;
    private final Perceptron actor;
    private final TwinCritic critic;
    private final TwinCritic targetCritic;
    private final Layout layout;
    private final Layout servedLayout;
    private final int actorEnd;
    private final int criticStart;
    private final int targetStart;

    ModelLayout(WorldModelConfig config) {
        model = new WorldModel(config);
        WorldModelConfig.Behaviour behaviour = config.behaviour();
        int state = config.latent().state();
        var widths = new ArrayList<>(behaviour.policy());
        widths.add(2 * behaviour.actions());
        actor = new Perceptron("actor", state, widths, Activation.RELU);
        int inputs = state + behaviour.actions();
        critic = new TwinCritic("critic", inputs, behaviour.critic());
        targetCritic = new TwinCritic("target", inputs, behaviour.critic());
        actor.addTo(builder);
        actorEnd = builder.build().size();
        model.addBeliefTo(builder);
        model.addDecoderTo(builder);
        servedLayout = builder.build();
        model.addHeadsTo(builder);
        criticStart = builder.build().size();
        critic.addTo(builder);
        targetStart = builder.build().size();
        targetCritic.addTo(builder);
        layout = builder.build();
    }

    WorldModel model() {
        return model;
    }

    Perceptron policy() {
        return actor;
    }

    TwinCritic critics() {
        return critic;
    }

    TwinCritic targetCritics() {
        return targetCritic;
    }

    Layout layout() {
        return layout;
    }

    /** Layout of what is served alone. */
    Layout servedLayout() {
        return servedLayout;
    }

    Stretch actor() {
        return new Stretch(0, actorEnd);
    }

    Stretch served() {
        return new Stretch(0, servedLayout.size());
    }

    /** Encoder, latent state and heads, without the inverse temperature. */
    Stretch world() {
        return new Stretch(actorEnd, criticStart - 1);
    }

    Stretch theta() {
        return new Stretch(criticStart - 1, criticStart);
    }

    Stretch critic() {
        return new Stretch(criticStart, targetStart);
    }

    Stretch target() {
        return new Stretch(targetStart, layout.size());
    }

    /** The target critics start as the critics. */
    float[] initialValues(CounterRandom random, double initialTheta) {
        float[] values = builder.initialValues(random);
        values[theta().from()] = (float) initialTheta;
        System.arraycopy(values, criticStart, values, targetStart, targetStart - criticStart);
        return values;
    }
}
