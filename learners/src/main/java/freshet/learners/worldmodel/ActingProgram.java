package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of many robots: belief and action. Without {@value #PICTURES} the belief goes on by the
 * action alone, drawn from what is expected.
 */
final class ActingProgram implements Program {

    /** Rows come in groups of so many: {@link #rowsTogether}. */
    static final int ROW_GROUP = 8;

    /** {@code [R, C, height, width]} in [0, 255]. */
    static final String PICTURES = "pictures";

    /** {@code [R, P]}, only if P is not 0. */
    static final String FELT = "felt";

    /** Of the step before: {@code [R, Z]}, {@code [R, H]} (without recurrence left out), [R, A]. */
    static final String LATENT = "latent";

    static final String HIDDEN = "hidden";
    static final String ACTION = "action";

    /** {@code [R, 1]}: 1, or 0 for robots whose episode starts. */
    static final String GOES_ON = "goesOn";

    /** {@code [R, Z]} and {@code [R, A]} standard normal; 0 acts at the mean. */
    static final String NOISE = "noise";

    static final String ACTION_NOISE = "actionNoise";

    /** {@code [R]}, in nats. */
    static final String SURPRISE = "surprise";

    private final ModelLayout layout;
    private final boolean recurrent;

    ActingProgram(ModelLayout layout, boolean recurrent) {
        this.layout = layout;
        this.recurrent = recurrent;
    }

    @Override
    public <T> Map<String, T> outputs(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
        LatentState state = layout.model().latentState();
        T goesOn = inputs.get(GOES_ON);
        T advanced =
                state.advance(
                        ops,
                        parameters,
                        inputs.get(LATENT),
                        inputs.get(ACTION),
                        inputs.get(HIDDEN));
        Gaussian<T> expected = state.expect(ops, parameters, advanced);
        T nothing = ops.scalar(0);
        Gaussian<T> prior = // a standard normal at the start
                new Gaussian<>(
                        ops.where(goesOn, expected.mean(), nothing),
                        ops.where(goesOn, expected.logDeviation(), nothing));
        T hidden = recurrent ? ops.where(goesOn, advanced, nothing) : null;
        Gaussian<T> belief = prior;
        if (inputs.containsKey(PICTURES)) {
            T features =
                    layout.model()
                            .encoder()
                            .encode(ops, parameters, inputs.get(PICTURES), inputs.get(FELT));
            belief = state.observe(ops, parameters, features, hidden);
        }
        TanhPolicy<T> policy =
                TanhPolicy.of(
                        ops,
                        layout.policy()
                                .apply(ops, parameters, state.state(ops, belief.mean(), hidden)));
        Map<String, T> outputs = new LinkedHashMap<>();
        outputs.put(LATENT, belief.sample(ops, inputs.get(NOISE)));
        if (recurrent) {
            outputs.put(HIDDEN, hidden);
        }
        outputs.put(ACTION, policy.draw(ops, inputs.get(ACTION_NOISE)).action());
        outputs.put(SURPRISE, belief.divergence(ops, prior));
        return outputs;
    }

    @Override
    public int rowsTogether() {
        return ROW_GROUP;
    }
}
