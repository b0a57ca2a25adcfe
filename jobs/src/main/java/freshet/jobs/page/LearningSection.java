package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How each model learns: loss, gradient, size of the updates, logits, and the entropy of every
 * attention head.
 *
 * <p>Bounded by {@link #MAX_MODELS} models, {@link #MAX_HEADS} heads of each (those of the first
 * layers) and the few curves of {@link #CURVES}.
 */
final class LearningSection extends Section {

    private static final int MAX_MODELS = 8;
    private static final int MAX_HEADS = 144;
    private static final String ENTROPY = "attentionEntropyNormalised";
    private static final String LOGIT = "attentionMaxLogit";

    /** Curves of the small charts, where a model reports them. */
    private static final Set<String> CURVES =
            Set.of(
                    "lossNats",
                    "gradientNorm",
                    "updateWeightRatio",
                    "worldGradientNorm",
                    "rewardLoss",
                    "divergenceNats",
                    "contrastAccuracy",
                    "pseudoLabelEntropyNats",
                    "learningRate");

    private static final class Model {
        final Timeline heads = new Timeline(MAX_HEADS);
        final Timeline curves = new Timeline(CURVES.size() + 1);
    }

    private final Map<String, Model> models = new LinkedHashMap<>();

    LearningSection() {
        super("learning");
    }

    void measured(Telemetry telemetry, long at) {
        if (!telemetry.getPart().equals("learner")) {
            return;
        }
        Model model = models.get(telemetry.getModelName());
        if (model == null) {
            if (models.size() == MAX_MODELS) {
                return;
            }
            model = new Model();
            models.put(telemetry.getModelName(), model);
        }
        for (Measurement point : telemetry.getMeasurements()) {
            String name = point.getName();
            if (name.equals(ENTROPY) && point.getHead() >= 0) {
                add(model.heads, point.getLayer() + "/" + point.getHead(), at, point);
            } else if (name.equals(LOGIT) || CURVES.contains(name)) {
                add(model.curves, name, at, point);
            }
        }
        changed();
    }

    private static void add(Timeline timeline, String series, long at, Measurement point) {
        timeline.add(
                series,
                at,
                (double) point.getCount(),
                point.getSum(),
                point.getMin(),
                point.getMax());
    }

    @Override
    void write(ObjectNode into, View view) {
        view.write(into);
        ObjectNode all = into.putObject("models");
        models.forEach(
                (name, model) -> {
                    ObjectNode one = all.putObject(name);
                    model.heads.write(one.putObject("heads"), view);
                    model.curves.write(one.putObject("curves"), view);
                });
    }
}
