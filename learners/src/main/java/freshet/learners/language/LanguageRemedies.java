package freshet.learners.language;

import freshet.learners.Order;
import freshet.learners.stability.QueryKeyClip;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the language learner lets itself be ordered, and what goes on after such an order.
 *
 * <p>Actions beside those of {@link UpdateControl}: {@value #CLIP} {threshold, 0 = off}: QK-clip
 * after each update; {@value #SCALE} {factor; layer, head, default all}: multiplies the attention
 * logits once; {@value #REPARAMETERISE} {on; layer, default all}: {@link Reparameterisation}.
 *
 * <p>State: that of {@link UpdateControl} and {@link Reparameterisation}, the clip's threshold.
 */
final class LanguageRemedies {

    static final String CLIP = "clipQueryKey";
    static final String SCALE = "scaleQueryKey";
    static final String REPARAMETERISE = "reparameterise";

    static final Set<String> ACTIONS = actions();

    private static final double LEAST_FACTOR = 1e-6;
    private static final double GREATEST_FACTOR = 1000;

    private final LanguageModelConfig config;
    private final Session session;
    private final Optimiser weights;
    private final Optimiser gammas;
    private final UpdateControl control = new UpdateControl();
    private final Reparameterisation reparameterisation;
    private final QueryKeys queryKeys;
    private double threshold; // of the QK-clip, 0: off

    /**
     * @param weights optimiser of the model's weights
     * @param gammas optimiser of what {@link Reparameterisation#layout} puts behind them
     */
    LanguageRemedies(
            LanguageModelConfig config, Session session, Optimiser weights, Optimiser gammas) {
        this.config = config;
        this.session = session;
        this.weights = weights;
        this.gammas = gammas;
        reparameterisation = new Reparameterisation(config, session.layout());
        queryKeys = new QueryKeys(config, session.layout());
    }

    private static Set<String> actions() {
        var actions = new TreeSet<>(UpdateControl.ACTIONS);
        actions.addAll(List.of(CLIP, SCALE, REPARAMETERISE));
        return actions;
    }

    UpdateControl control() {
        return control;
    }

    boolean reparameterised() {
        return reparameterisation.isOnAnywhere();
    }

    /** Adds what the next forward needs, and the names of what {@link #afterUpdate} reads. */
    void prepare(Inputs inputs, Set<String> wanted) {
        reparameterisation.put(inputs);
        if (threshold > 0) {
            inputs.put(TransformerProgram.CLIP, new float[] {1}, 1);
            for (int layer = 0; layer < config.layers(); layer++) {
                wanted.add(TransformerProgram.GREATEST_LOGIT + layer);
            }
        }
    }

    /**
     * Clips queries and keys if that is ordered.
     *
     * @param outputs of the forward before the update
     * @return the weights that the model now stands for; what follows the model's are gammas
     */
    float[] afterUpdate(Outputs outputs) {
        float[] values = session.parameters();
        reparameterisation.advance(values);
        boolean clipped = false;
        for (int layer = 0; threshold > 0 && layer < config.layers(); layer++) {
            float[] greatest = outputs.get(TransformerProgram.GREATEST_LOGIT + layer); // [H]
            for (int head = 0; head < config.heads(); head++) {
                double factor = QueryKeyClip.factor(greatest[head], threshold);
                if (factor < 1) {
                    scale(values, layer, head, factor);
                    clipped = true;
                }
            }
        }
        if (clipped) {
            session.setParameters(values);
        }
        return reparameterisation.folded(values);
    }

    private void scale(float[] values, int layer, int head, double factor) {
        reparameterisation.keepingTheRest(
                QueryKeys.matrix(layer),
                values,
                () -> queryKeys.scale(values, layer, head, factor));
    }

    /**
     * Carries out one of {@link #ACTIONS}, or says what it would change.
     *
     * @param seed of what is drawn
     */
    String obey(Order order, boolean dryRun, long seed) {
        return switch (order.action()) {
            case CLIP -> clip(order, dryRun);
            case SCALE -> scale(order, dryRun);
            case REPARAMETERISE -> reparameterise(order, dryRun, seed);
            default -> control.obey(order, dryRun, this::resetMoments);
        };
    }

    private String clip(Order order, boolean dryRun) {
        order.checkArguments(Set.of("threshold"));
        double before = threshold;
        double after = order.number("threshold", 0, Double.MAX_VALUE);
        if (!dryRun) {
            threshold = after;
        }
        return "threshold of the query-key clip %s -> %s".formatted(before, after);
    }

    private String scale(Order order, boolean dryRun) {
        order.checkArguments(Set.of("factor", "layer", "head"));
        double factor = order.number("factor", LEAST_FACTOR, GREATEST_FACTOR);
        int layer = order.wholeNumber("layer", -1, 0, config.layers() - 1);
        int head = order.wholeNumber("head", -1, 0, config.heads() - 1);
        var scaled = new ArrayList<String>();
        float[] values = session.parameters();
        for (int l = 0; l < config.layers(); l++) {
            for (int h = 0; h < config.heads(); h++) {
                if ((layer < 0 || layer == l) && (head < 0 || head == h)) {
                    scaled.add("layer %d head %d".formatted(l, h));
                    if (!dryRun) {
                        scale(values, l, h, factor);
                    }
                }
            }
        }
        if (!dryRun) {
            session.setParameters(values);
        }
        return "attention logits times %s: %s".formatted(factor, String.join(", ", scaled));
    }

    private String reparameterise(Order order, boolean dryRun, long seed) {
        order.checkArguments(Set.of("on", "layer"));
        boolean on = order.flag("on");
        int layer = order.wholeNumber("layer", -1, 0, config.layers() - 1);
        float[] values = session.parameters();
        float[] first = weights.firstMoment();
        float[] second = weights.secondMoment();
        var changes = new ArrayList<String>();
        var changed = new ArrayList<Integer>();
        for (int l = 0; l < config.layers(); l++) {
            if (layer >= 0 && layer != l) {
                continue;
            }
            boolean before = reparameterisation.isOn(l);
            changes.add("layer %d %s -> %s".formatted(l, onOff(before), onOff(on)));
            if (before != on) {
                changed.add(l);
            }
        }
        if (on) {
            reparameterisation.switchOn(changed, values, seed, dryRun);
        }
        if (!dryRun && !changed.isEmpty()) {
            if (!on) {
                changed.forEach(l -> reparameterisation.switchOff(l, values, first, second));
                weights.setMoments(first, second);
            }
            resetGammas(changed);
            session.setParameters(values);
        }
        return "sigmaReparam: " + String.join(", ", changes);
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    /** Moments of layers whose gammas begin, or end. */
    private void resetGammas(List<Integer> layers) {
        float[] first = gammas.firstMoment();
        float[] second = gammas.secondMoment();
        int each = Reparameterisation.MATRICES.size();
        for (int layer : layers) {
            Arrays.fill(first, layer * each, (layer + 1) * each, 0);
            Arrays.fill(second, layer * each, (layer + 1) * each, 0);
        }
        gammas.setMoments(first, second);
    }

    private void resetMoments() {
        for (Optimiser one : List.of(weights, gammas)) {
            float[] zeros = new float[one.firstMoment().length];
            one.setMoments(zeros, zeros);
        }
    }

    /**
     * Takes other weights: moments are 0, the rate warms up again, reparameterised layers begin
     * anew.
     *
     * @param adopted of the model; gammas are made from them
     */
    void adopt(float[] adopted, int warmUpSteps, long seed) {
        float[] values = Arrays.copyOf(adopted, session.layout().size());
        reparameterisation.startAgain(values, seed);
        session.setParameters(values);
        resetMoments();
        control.startAgain(warmUpSteps);
    }

    /** Control of updates, threshold (double), reparameterisation. */
    void write(DataOutputStream out) throws IOException {
        control.write(out);
        out.writeDouble(threshold);
        reparameterisation.write(out);
    }

    void read(DataInputStream in) throws IOException {
        control.read(in);
        threshold = in.readDouble();
        reparameterisation.read(in);
    }

    /** As a snapshot of before there were orders has it. */
    void readNothing(long steps) {
        control.readNothing(steps);
        threshold = 0;
        reparameterisation.clear();
    }
}
