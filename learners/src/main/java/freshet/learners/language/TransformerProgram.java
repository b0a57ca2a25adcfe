package freshet.learners.language;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A causal transformer with pre-norm blocks: forward, loss and probes in one reading.
 *
 * <p>Sources: RMS norm (Zhang and Sennrich 2019), linear distance biases with one head left
 * unbiased (Press et al., "ALiBi", ICLR 2022), squared ReLU (So et al., "Primer", 2021), norms of
 * queries and keys (Henry et al. 2020), token shift (Peng et al., "RWKV", 2023), activation L2 on
 * the memory's keys (arXiv:2109.08249).
 *
 * <p>Shapes: B windows, W positions, N = B W, D width, H heads, E = D / H, V tokens, C rows asked.
 *
 * <p>Inputs: {@value #TOKENS} {@code [B, W]} ids in [0, V], V being the start symbol. With {@value
 * #TARGETS} and {@value #WEIGHTS} {@code [N]} (shares of the positions, sum 1) it gives the loss
 * and {@value #POSITION_LOSS} {@code [N]}, each in nats. With {@value #ROWS} {@code [C]} it gives
 * {@value #LOG_PROBABILITIES} {@code [C, V]} and {@value #KEYS} {@code [C, D]} of those of the N
 * positions. With {@value #PROBE} (any value) it gives per layer {@code entropy0, ...}, {@code
 * centredNorm0, ...} and {@code maxLogit0, ...} of the first window, each {@code [1, H, W]}, and
 * with targets its {@value #LOG_Z} and {@value #OUTPUT_MAX_LOGIT} {@code [W]}; see {@link
 * AttentionProbe}. With {@value #CLIP} (any value) and weights it gives {@code greatestLogit0, ...}
 * {@code [H]}: the greatest absolute query-key product over all rows that weigh something. With
 * {@value #EXPLAIN} (any value) it gives {@code attention0, ...} {@code [W, W]}: what each position
 * of the first window takes from each, mean over heads. With {@value #DIAGNOSE} (any value) it
 * gives what {@link LayerDiagnostics} reads.
 *
 * <p>A matrix W for which the inputs {@code left.NAME} {@code [1, in]} and {@code right.NAME}
 * {@code [out, 1]} are given stands for {@code gamma / (left W right) W}, see {@link
 * Reparameterisation}.
 */
public final class TransformerProgram implements Program {

    static final String TOKENS = "tokens";
    static final String TARGETS = "targets";
    static final String WEIGHTS = "weights";
    static final String ROWS = "rows";
    static final String PROBE = "probe";
    static final String CLIP = "clip";
    static final String EXPLAIN = "explain";
    static final String DIAGNOSE = "diagnose";
    static final String LEFT = "left.";
    static final String RIGHT = "right.";
    static final String POSITION_LOSS = "positionLoss";
    static final String LOG_PROBABILITIES = "logProbabilities";
    static final String KEYS = "keys";
    static final String ENTROPY = "entropy";
    static final String CENTRED_NORM = "centredNorm";
    static final String MAX_LOGIT = "maxLogit";
    static final String GREATEST_LOGIT = "greatestLogit";
    static final String ATTENTION = "attention";
    static final String DISTANCE = "distance";
    static final String STREAM_RMS = "streamRms";
    static final String STREAM_OUTLIER = "streamOutlier";
    static final String ATTENTION_PART = "attentionPart";
    static final String FEED_FORWARD_PART = "feedForwardPart";
    static final String EMBEDDING_TRACE = "embeddingTrace";
    static final String EMBEDDING_SQUARES = "embeddingSquares";
    static final String LOG_Z = "logZ";
    static final String OUTPUT_MAX_LOGIT = "outputMaxLogit";

    private static final double NORM_EPSILON = 1e-6;
    private static final float MASKED = -1e9f;

    private final LanguageModelConfig config;
    private final double activationL2;
    private final float[] distanceBias; // [H, W, W], MASKED where the key lies ahead
    private final float[] visible; // [W, W], 1 where the key does not lie ahead
    private final float[] visibleShare; // [W, 1], 1 / number of keys seen
    private final float[] distance; // [W, W], positions from the key to the row, 0 ahead

    /**
     * @param activationL2 omega, weight of the keys' mean square in the loss
     */
    public TransformerProgram(LanguageModelConfig config, double activationL2) {
        this.config = config;
        this.activationL2 = activationL2;
        int window = config.window();
        distanceBias = new float[config.heads() * window * window];
        visible = new float[window * window];
        visibleShare = new float[window];
        distance = new float[window * window];
        for (int row = 0; row < window; row++) {
            visibleShare[row] = 1f / (row + 1);
            for (int key = 0; key < window; key++) {
                visible[row * window + key] = key <= row ? 1 : 0;
                distance[row * window + key] = Math.max(0, row - key);
                for (int head = 0; head < config.heads(); head++) {
                    distanceBias[(head * window + row) * window + key] =
                            key <= row ? (float) (slope(head) * (key - row)) : MASKED;
                }
            }
        }
    }

    /** Nats a head loses for each token of distance; the last head sees all alike. */
    private double slope(int head) {
        return head == config.heads() - 1 ? 0 : Math.pow(2, -(head * 1.5 + 0.5));
    }

    @Override
    public <T> Map<String, T> outputs(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
        return new Run<>(ops, parameters, inputs).outputs();
    }

    private final class Run<T> {
        final Ops<T> ops;
        final Map<String, T> parameters;
        final Map<String, T> inputs;
        final Map<String, T> outputs = new LinkedHashMap<>();
        final long windows; // B
        final long positions; // N

        Run(Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            this.ops = ops;
            this.parameters = parameters;
            this.inputs = inputs;
            long[] shape = ops.shape(inputs.get(TOKENS));
            if (shape.length != 2 || shape[1] != config.window()) {
                throw new IllegalArgumentException(
                        "tokens has shape %s, expected [-1, %d]"
                                .formatted(java.util.Arrays.toString(shape), config.window()));
            }
            windows = shape[0];
            positions = windows * config.window();
        }

        Map<String, T> outputs() {
            T embedding = parameters.get("embedding"); // [V + 1, D]
            T tokens = ops.reshape(inputs.get(TOKENS), positions);
            T stream = norm(ops.rows(embedding, tokens)); // [N, D]
            T keys = stream;
            for (int layer = 0; layer < config.layers(); layer++) {
                T read = attention(layer, stream);
                T between = ops.add(stream, read);
                keys = keys(layer, between);
                T made = feedForward(layer, keys);
                T after = ops.add(between, made);
                if (inputs.containsKey(DIAGNOSE)) {
                    outputs.put(ATTENTION_PART + layer, ratio(read, stream));
                    outputs.put(FEED_FORWARD_PART + layer, ratio(made, between));
                    diagnose(layer, after);
                }
                stream = after;
            }
            if (inputs.containsKey(DIAGNOSE)) {
                diagnose(embedding);
            }
            if (inputs.containsKey(TARGETS)) {
                loss(stream, keys);
            }
            if (inputs.containsKey(ROWS)) {
                T rows = inputs.get(ROWS); // [C]
                outputs.put(KEYS, ops.rows(keys, rows)); // [C, D]
                T asked = ops.rows(stream, rows); // [C, D]
                outputs.put(LOG_PROBABILITIES, ops.logSoftmax(logits(asked), 1)); // [C, V]
            }
            return outputs;
        }

        T attention(int layer, T stream) {
            long window = config.window();
            long heads = config.heads();
            long headWidth = config.width() / heads;
            T mixed = ops.matmul(shift(layer, norm(stream)), weight(layer, "queryKeyValue"));
            T split = // [3, B, H, W, E]
                    ops.permute(
                            ops.reshape(mixed, windows, window, 3, heads, headWidth),
                            2,
                            0,
                            3,
                            1,
                            4);
            T queriesAndKeys = ops.slice(split, 0, 0, 2);
            if (config.normalisedQueriesAndKeys()) {
                queriesAndKeys = norm(queriesAndKeys);
            }
            T queries = part(queriesAndKeys, 0, headWidth); // [B, H, W, E]
            T keys = part(queriesAndKeys, 1, headWidth);
            T values = part(split, 2, headWidth);
            queries =
                    config.normalisedQueriesAndKeys()
                            ? ops.multiply(queries, weight(layer, "attentionScale"))
                            : ops.multiply(queries, 1 / Math.sqrt((double) headWidth));
            T agreement = ops.matmul(queries, ops.transpose(keys, 2, 3)); // [B, H, W, W]
            T logits = ops.add(agreement, ops.constant(distanceBias, heads, window, window));
            if (inputs.containsKey(PROBE)) {
                probe(layer, firstWindow(agreement), firstWindow(logits));
            }
            if (inputs.containsKey(CLIP)) {
                greatest(layer, ops.stopGradient(agreement));
            }
            T shares = ops.softmax(logits, 3); // [B, H, W, W]
            if (inputs.containsKey(EXPLAIN)) {
                T ofHeads = ops.mean(firstWindow(shares), false, 1); // [1, W, W]
                outputs.put(ATTENTION + layer, ops.reshape(ofHeads, window, window));
            }
            if (inputs.containsKey(DIAGNOSE)) {
                T far = ops.multiply(firstWindow(shares), ops.constant(distance, window, window));
                outputs.put(DISTANCE + layer, ops.sum(far, false, 3)); // [1, H, W]
            }
            T read = ops.matmul(shares, values); // [B, H, W, E]
            T joined = ops.reshape(ops.permute(read, 0, 2, 1, 3), positions, config.width());
            return ops.matmul(joined, weight(layer, "attentionOutput")); // [N, D]
        }

        T part(T stacked, long index, long headWidth) {
            return ops.reshape(
                    ops.slice(stacked, 0, index, index + 1),
                    windows,
                    config.heads(),
                    config.window(),
                    headWidth);
        }

        /** Mixes each position with the one before it; the first has zeros before it. */
        T shift(int layer, T normed) {
            if (!config.tokenShift()) {
                return normed;
            }
            long width = config.width();
            T here = ops.reshape(normed, windows, config.window(), width);
            T before = // [B, W, D]
                    ops.concat(
                            List.of(
                                    ops.zeros(windows, 1, width),
                                    ops.slice(here, 1, 0, config.window() - 1L)),
                            1);
            T change = ops.multiply(ops.subtract(before, here), weight(layer, "shift"));
            return ops.reshape(ops.add(here, change), positions, width);
        }

        /** Input of the layer's feed-forward network, {@code [N, D]}; the last is the memory's. */
        T keys(int layer, T stream) {
            boolean last = layer == config.layers() - 1;
            T normed = last && !config.normalisedMemoryKeys() ? stream : norm(stream);
            return ops.multiply(normed, weight(layer, "keyGain"));
        }

        T feedForward(int layer, T keys) {
            T inner = ops.square(ops.relu(ops.matmul(keys, weight(layer, "feedForwardIn"))));
            return ops.matmul(inner, weight(layer, "feedForwardOut")); // [N, D]
        }

        T logits(T stream) {
            T table =
                    config.tiedEmbeddings()
                            ? ops.slice(parameters.get("embedding"), 0, 0, config.vocabulary())
                            : parameters.get("output"); // [V, D]
            T scaled = ops.multiply(norm(stream), parameters.get("outputScale"));
            return ops.add(
                    ops.matmul(scaled, ops.transpose(table, 0, 1)),
                    parameters.get("outputBias")); // [rows, V]
        }

        void loss(T stream, T keys) {
            T scores = logits(stream); // [N, V]
            T chosen = ops.pick(ops.logSoftmax(scores, 1), inputs.get(TARGETS));
            T positionLoss = ops.negate(chosen); // [N]
            T weights = inputs.get(WEIGHTS); // [N]
            T loss = ops.sumAll(ops.multiply(positionLoss, weights));
            if (activationL2 > 0) {
                T squares = ops.mean(ops.square(keys), false, 1); // [N]
                T penalty = ops.sumAll(ops.multiply(squares, weights));
                loss = ops.add(loss, ops.multiply(penalty, activationL2));
            }
            outputs.put(LOSS, loss);
            outputs.put(POSITION_LOSS, positionLoss);
            if (inputs.containsKey(PROBE)) {
                T first = firstRows(ops.stopGradient(scores)); // [W, V]
                // ln sum exp(z) = z of the target - its log-probability
                T ofTarget = ops.pick(first, firstRows(inputs.get(TARGETS)));
                outputs.put(
                        LOG_Z, ops.add(ofTarget, firstRows(ops.stopGradient(positionLoss)))); // [W]
                outputs.put(OUTPUT_MAX_LOGIT, ops.max(first, false, 1)); // [W]
            }
        }

        T firstRows(T ofAll) {
            return ops.slice(ofAll, 0, 0, config.window());
        }

        /** Greatest |q k| of each head over all windows, those rows apart that weigh nothing. */
        void greatest(int layer, T agreement) {
            long window = config.window();
            T seen = ops.constant(visible, window, window);
            T ofRows = ops.max(ops.abs(ops.multiply(agreement, seen)), false, 3); // [B, H, W]
            T weigh = ops.greater(inputs.get(WEIGHTS), ops.scalar(0)); // [N]
            T counted = ops.multiply(ofRows, ops.reshape(weigh, windows, 1, window));
            outputs.put(
                    GREATEST_LOGIT + layer, ops.max(ops.max(counted, false, 2), false, 0)); // [H]
        }

        /**
         * Row by row of the first window's attention: entropy, the centred norm of its logits (both
         * with the distance bias) and the greatest absolute query-key product (without it).
         */
        void probe(int layer, T agreement, T logits) {
            long window = config.window();
            T seen = ops.constant(visible, window, window);
            T shares = ops.softmax(logits, 3);
            T entropy = // [1, H, W]
                    ops.subtract(
                            ops.logSumExp(logits, false, 3),
                            ops.sum(ops.multiply(shares, logits), false, 3));
            T open = ops.multiply(logits, seen);
            T mean = // [1, H, W, 1]
                    ops.multiply(ops.sum(open, true, 3), ops.constant(visibleShare, window, 1));
            T centred = ops.multiply(ops.subtract(open, mean), seen);
            outputs.put(ENTROPY + layer, entropy);
            outputs.put(CENTRED_NORM + layer, ops.sqrt(ops.sum(ops.square(centred), false, 3)));
            outputs.put(
                    MAX_LOGIT + layer, ops.max(ops.abs(ops.multiply(agreement, seen)), false, 3));
        }

        /** Root mean square of each position of the first window over that of another, [W]. */
        T ratio(T part, T of) {
            return ops.divide(rms(firstRows(part)), rms(firstRows(of)));
        }

        T rms(T values) {
            T squares = ops.mean(ops.square(ops.stopGradient(values)), false, 1);
            return ops.sqrt(ops.add(squares, NORM_EPSILON));
        }

        void diagnose(int layer, T stream) {
            T rms = rms(firstRows(stream)); // [W]
            T greatest = ops.max(ops.abs(ops.stopGradient(firstRows(stream))), false, 1);
            outputs.put(STREAM_RMS + layer, rms);
            outputs.put(STREAM_OUTLIER + layer, ops.divide(greatest, rms));
        }

        /** Trace of the tokens' covariance, and of its square; neither divided by their number. */
        void diagnose(T embedding) {
            T tokens = ops.slice(ops.stopGradient(embedding), 0, 0, config.vocabulary()); // [V, D]
            T centred = ops.subtract(tokens, ops.mean(tokens, true, 0));
            T covariance = ops.matmul(ops.transpose(centred, 0, 1), centred); // [D, D]
            outputs.put(EMBEDDING_TRACE, ops.sumAll(ops.square(centred)));
            outputs.put(EMBEDDING_SQUARES, ops.sumAll(ops.square(covariance)));
        }

        T firstWindow(T values) {
            return ops.slice(ops.stopGradient(values), 0, 0, 1);
        }

        T weight(int layer, String name) {
            String full = LanguageModelConfig.prefix(layer) + name;
            T plain = parameters.get(full);
            if (!inputs.containsKey(LEFT + full)) {
                return plain;
            }
            T sigma = // [1, 1]
                    ops.matmul(
                            ops.matmul(inputs.get(LEFT + full), plain), inputs.get(RIGHT + full));
            T gamma = parameters.get(Reparameterisation.gammaOf(full));
            return ops.multiply(plain, ops.divide(gamma, sigma));
        }

        /** Divides by the root of the mean square over the last dimension. */
        T norm(T values) {
            int last = ops.shape(values).length - 1;
            T meanSquare = ops.mean(ops.square(values), true, last);
            return ops.multiply(values, ops.reciprocalSqrt(ops.add(meanSquare, NORM_EPSILON)));
        }
    }
}
