package freshet.learners.language;

import freshet.learners.ModelArtifact;
import freshet.learners.stability.AttentionFlow;
import freshet.learners.stability.AttentionRollout;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Scores texts with published weights.
 *
 * <p>The result depends on context, tokens and weights only, never on what else is scored: every
 * window is computed alone and in one shape. Not thread-safe; owns native memory until closed.
 */
public final class LanguageModel implements AutoCloseable {

    public static final String KIND = "language";
    public static final int ARTIFACT_VERSION = 1;

    private static final Set<String> WANTED =
            Set.of(TransformerProgram.LOG_PROBABILITIES, TransformerProgram.KEYS);

    private final LanguageModelConfig config;
    private final String fingerprint;
    private final int weights;
    private final Set<String> attentions = new TreeSet<>(); // outputs, one a layer
    private final Session session;

    /**
     * @throws IllegalArgumentException if the artifact is of another kind, format or configuration
     */
    public LanguageModel(
            TensorEngine engine,
            LanguageModelConfig config,
            String tokenizerHash,
            ModelArtifact artifact) {
        this.config = config;
        this.fingerprint = config.fingerprint(tokenizerHash);
        Layout layout = config.layout().build();
        this.weights = layout.size();
        for (int layer = 0; layer < config.layers(); layer++) {
            attentions.add(TransformerProgram.ATTENTION + layer);
        }
        this.session = engine.open(layout, read(artifact), new TransformerProgram(config, 0));
    }

    /**
     * Takes other weights of the same configuration.
     *
     * @throws IllegalArgumentException if they are not; the weights stay as they were
     */
    public void load(ModelArtifact artifact) {
        session.setParameters(read(artifact));
    }

    private float[] read(ModelArtifact artifact) {
        return read(artifact, fingerprint, weights);
    }

    /** The weights of an artifact of this kind. */
    static float[] read(ModelArtifact artifact, String fingerprint, int count) {
        return artifact.weights(KIND, ARTIFACT_VERSION, fingerprint, count);
    }

    /**
     * Scores a text after its context.
     *
     * <p>Rows are computed in groups of C, the last one smaller, each in a window that ends at its
     * last row: so every row sees at least W - C tokens before it where there are so many.
     *
     * @param context tokens that came before, oldest first; only the last W - 1 can matter
     * @param tokens {@code [n]} the text; may be empty
     */
    public ScoredText score(int[] context, int[] tokens) {
        Windows.check("context", context, config.vocabulary());
        Windows.check("tokens", tokens, config.vocabulary());
        int[] near = TextBatchCutter.tail(context, new int[0], config.window() - 1);
        int[] all = Arrays.copyOf(near, near.length + tokens.length);
        System.arraycopy(tokens, 0, all, near.length, tokens.length);
        int rows = tokens.length + 1;
        float[] logProbabilities = new float[Math.multiplyExact(rows, config.vocabulary())];
        float[] keys = new float[rows * config.width()];
        for (int row = 0; row < rows; row += config.segment()) {
            int count = Math.min(config.segment(), rows - row);
            Outputs outputs = session.run(window(all, near.length + row, count), WANTED);
            copy(outputs, TransformerProgram.LOG_PROBABILITIES, logProbabilities, row, count);
            copy(outputs, TransformerProgram.KEYS, keys, row, count);
        }
        return new ScoredText(rows, logProbabilities, keys);
    }

    /**
     * From which tokens attention could have carried something into a prediction: of the newest m =
     * {@code min(W - 1, context + n)} tokens, oldest first. What the start symbol has, which stands
     * before the first of them, is left out.
     *
     * @param rollout {@code [m]} by {@link AttentionRollout}; sums to 1 less the start symbol's
     * @param flow {@code [m]} by {@link AttentionFlow}, divided by {@code flowTotal}, so that it
     *     sums to 1 less the start symbol's; empty if it was not asked or would be dear
     * @param flowTotal sum of the greatest flows, the start symbol's included; from 1, or 0 without
     *     a flow
     */
    public record Explanation(float[] rollout, float[] flow, double flowTotal) {}

    /**
     * Explains the prediction of what follows the text, over the window that ends with the text.
     *
     * @param context tokens that came before, oldest first; only the last W - 1 can matter
     * @param tokens {@code [n]} the text; may be empty
     * @param withFlow whether to work out the flow too, where {@link AttentionFlow#isAffordable}
     */
    public Explanation explain(int[] context, int[] tokens, boolean withFlow) {
        Windows.check("context", context, config.vocabulary());
        Windows.check("tokens", tokens, config.vocabulary());
        int[] all = TextBatchCutter.tail(context, tokens, config.window() - 1);
        Inputs inputs = window(all, all.length, 1).put(TransformerProgram.EXPLAIN, new int[1], 1);
        Outputs outputs = session.run(inputs, attentions);
        double[][][] layers = new double[config.layers()][][];
        for (int layer = 0; layer < layers.length; layer++) {
            // What stands behind the text is filling, which no position up to it attends to.
            float[] attention = outputs.get(TransformerProgram.ATTENTION + layer); // [W, W]
            layers[layer] = square(attention, all.length + 1);
        }
        float[] rollout = withoutStart(AttentionRollout.row(layers, all.length));
        if (!withFlow || !AttentionFlow.isAffordable(layers.length, all.length + 1)) {
            return new Explanation(rollout, new float[0], 0);
        }
        double[] flow = AttentionFlow.row(layers, all.length);
        double total = Arrays.stream(flow).sum();
        return new Explanation(rollout, withoutStart(AttentionFlow.normalised(flow)), total);
    }

    private static float[] withoutStart(double[] shares) {
        float[] ofTokens = new float[shares.length - 1];
        for (int i = 0; i < ofTokens.length; i++) {
            ofTokens[i] = (float) shares[i + 1];
        }
        return ofTokens;
    }

    /** The first rows and columns. */
    private double[][] square(float[] attention, int size) {
        double[][] square = new double[size][size];
        for (int row = 0; row < size; row++) {
            for (int key = 0; key < size; key++) {
                square[row][key] = attention[row * config.window() + key];
            }
        }
        return square;
    }

    /** The window whose last position predicts {@code all[first + count - 1]}. */
    private Inputs window(int[] all, int first, int count) {
        int last = first + count - 1;
        int start = Math.max(0, last - (config.window() - 1));
        int[] input = new int[config.window()];
        Arrays.fill(input, config.vocabulary());
        System.arraycopy(all, start, input, 1, last - start);
        int[] rows = new int[config.segment()];
        for (int i = 0; i < count; i++) {
            rows[i] = first + i - start;
        }
        return new Inputs()
                .put(TransformerProgram.TOKENS, input, 1, config.window())
                .put(TransformerProgram.ROWS, rows, rows.length);
    }

    private void copy(Outputs outputs, String name, float[] into, int row, int count) {
        float[] values = outputs.get(name);
        int width = values.length / config.segment();
        System.arraycopy(values, 0, into, row * width, count * width);
    }

    @Override
    public void close() {
        session.close();
    }
}
