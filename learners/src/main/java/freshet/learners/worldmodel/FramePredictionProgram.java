package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Features of pictures; with {@value #ACTIONS} the pictures are one episode's, and its expected
 * features are given too. Nothing is drawn: beliefs are taken at their means.
 */
final class FramePredictionProgram implements Program {

    /** {@code [N, C, height, width]} in [0, 255]. */
    static final String PICTURES = "pictures";

    /** {@code [N, P]}, only if P is not 0. */
    static final String FELT = "felt";

    /** {@code [N, A]}: each followed its picture. */
    static final String ACTIONS = "actions";

    /** {@code [N, F]}. */
    static final String FEATURES = "features";

    /** {@code [N - 1, F]}: of the second picture from the first and its action, and so on. */
    static final String EXPECTED = "expected";

    private final WorldModel model;
    private final int latents;

    FramePredictionProgram(ModelLayout layout, int latents) {
        model = layout.model();
        this.latents = latents;
    }

    @Override
    public <T> Map<String, T> outputs(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
        Map<String, T> outputs = new LinkedHashMap<>();
        T features =
                model.encoder().encode(ops, parameters, inputs.get(PICTURES), inputs.get(FELT));
        outputs.put(FEATURES, features);
        if (inputs.containsKey(ACTIONS)) {
            long steps = ops.shape(features)[0];
            LatentState state = model.latentState();
            LatentState.Unrolled<T> unrolled =
                    state.unroll(
                            ops,
                            parameters,
                            features,
                            inputs.get(ACTIONS),
                            ops.zeros(steps, latents),
                            1);
            T hidden = unrolled.hidden() == null ? null : ops.slice(unrolled.hidden(), 0, 1, steps);
            outputs.put(
                    EXPECTED,
                    model.expectedFeatures(
                            ops, parameters, state.state(ops, unrolled.prior().mean(), hidden)));
        }
        return outputs;
    }
}
