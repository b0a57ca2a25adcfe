package freshet.learners.memory;

import freshet.learners.memory.MixedText.NextToken;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mixes language model, nearest neighbours and hashed contexts, decision by decision along a
 * token's path through the vocabulary tree, in the logit domain with weights learned online. The
 * probabilities of all tokens sum to 1 by construction.
 *
 * <p>Three mixtures run side by side on the same inputs (model and neighbours; contexts alone; all
 * three), each with weights of its own; the model alone is scored untouched. A memory that knows no
 * neighbour leaves the model's probability as it is, bit for bit.
 *
 * <p>Differs from kNN-LM (arXiv:1911.00172, eq. 3), which mixes whole tokens' probabilities with
 * one lambda: here each decision has its own weights, and several temperatures of {@link
 * NeighbourKernel} are inputs side by side.
 *
 * <p>Not thread-safe. Deterministic: the same calls give the same bits.
 */
public final class ExpertMixer {

    /**
     * @param learningRate of the weights at the start, beyond {@code finalLearningRate}
     * @param finalLearningRate what it decays to
     * @param decayTokens tokens after which {@code learningRate} has halved
     * @param finalRate rate of the final weights, which mix the weight sets
     * @param mapWeight share of the adaptive probability maps in the result
     * @param mapRate their rate
     */
    public record Config(
            float learningRate,
            float finalLearningRate,
            float decayTokens,
            float finalRate,
            float mapWeight,
            float mapRate) {
        public static Config defaults() {
            return new Config(0.03f, 0.003f, 5000, 0.002f, 0.5f, 0.02f);
        }
    }

    private static final int FORMAT = 4;
    private static final int DENSE_FORMAT = 3; // wrote every value
    private static final int MAP_CONTEXTS = 1 << 16;
    private static final double LN2 = 0.6931471805599453;

    private final VocabularyTree tree;
    private final Config config;
    private final DecisionInputs inputs;
    private final LogisticLine modelAndNeighbours;
    private final LogisticLine contextsAlone;
    private final LogisticLine all;
    private long learned;

    // of the token at hand
    private int[] history;
    private int last;
    private int column;
    private final int[] modelSelectors = new int[4];
    private final int[] selectors = new int[7];
    private final int[] mapContexts = new int[3];
    private final double[] right = new double[3];

    public ExpertMixer(VocabularyTree tree, Config config) {
        this.tree = tree;
        this.config = config;
        this.inputs = new DecisionInputs(tree);
        int v = tree.size();
        float[] first = new float[DecisionInputs.COUNT];
        for (int i = 0; i < 6; i += 2) {
            first[DecisionInputs.NEIGHBOURS + i] = 0.05f;
        }
        first[DecisionInputs.MODEL] = 0.8f;
        float[] modelFirst = Arrays.copyOf(first, DecisionInputs.DENSE);
        for (int i = 0; i < ContextHashes.DENSE; i++) {
            first[DecisionInputs.DENSE + 3 * i] = 0.15f;
            first[DecisionInputs.DENSE + 3 * i + 1] = 0.05f;
        }
        for (int i = 0; i < ContextHashes.SPARSE; i++) {
            first[DecisionInputs.SPARSE + 2 * i] = 0.12f;
        }
        first[DecisionInputs.MATCH] = 0.15f;
        int[] maps = {v, MAP_CONTEXTS, 3 * 16 * 64};
        this.modelAndNeighbours =
                new LogisticLine(
                        0, modelFirst, new int[] {12 * 16, v, v + 1, 16 * 24}, 12, maps, config);
        int[] sizes = {12 * 24, v, v + 1, 11 * 3 * 4 * 3, 16 * 12, 1000, 34 * 24};
        float[] contextsFirst =
                Arrays.copyOfRange(first, DecisionInputs.BIAS, DecisionInputs.COUNT);
        this.contextsAlone =
                new LogisticLine(DecisionInputs.BIAS, contextsFirst, sizes, 33, maps, config);
        float[] allFirst = first.clone();
        for (int i = DecisionInputs.DENSE; i < DecisionInputs.COUNT; i++) {
            allFirst[i] *= 0.4f;
        }
        allFirst[DecisionInputs.MODEL] = 0.6f;
        this.all = new LogisticLine(0, allFirst, sizes, 33, maps, config);
    }

    /**
     * Scores a text token by token, learning each token after it was scored.
     *
     * @param context {@code [c]} tokens before the text, oldest first
     * @param tokens {@code [n]} the text
     * @param model what the language model says, or null: its lines are NaN
     * @param neighbours nearest neighbours of n + 1 positions, or null
     * @param contexts merged answer of all context shards, or null
     * @param candidates {@code [m]} tokens whose probability of following is wanted
     * @param learn false: scores, and leaves no trace
     */
    public MixedText mix(
            int[] context,
            int[] tokens,
            ModelPath model,
            NeighbourLists neighbours,
            ContextAnswer contexts,
            int[] candidates,
            boolean learn) {
        int n = tokens.length;
        history = Arrays.copyOf(context, context.length + n);
        System.arraycopy(tokens, 0, history, context.length, n);
        double[][] bits = new double[4][n];
        double[] share = new double[3];
        for (int row = 0; row < n; row++) {
            startRow(context.length + row, contexts, row, neighbours);
            bits[0][row] = model == null ? Double.NaN : -model.logProbabilities()[row] / LN2;
            int[] path = tree.path(tokens[row]);
            double[] product = {1, 1, 1};
            for (int i = 0; i < path.length; i++) {
                int at = contexts == null ? 0 : contexts.start[row] + i;
                float modelRight = model == null ? Float.NaN : model.right()[row][i];
                decide(path[i] >> 1, i, model, contexts, row, at, modelRight);
                int bit = path[i] & 1;
                for (int line = 0; line < 3; line++) {
                    product[line] *= bit == 1 ? right[line] : 1 - right[line];
                }
                if (model != null && contexts != null) {
                    addShares(share);
                }
                if (learn) {
                    learn(model, contexts, bit);
                }
            }
            for (int line = 0; line < 3; line++) {
                bits[line + 1][row] = -StrictMath.log(product[line]) / LN2;
            }
            if (!inputs.hasNeighbours()) {
                bits[1][row] = bits[0][row];
                bits[3][row] = contexts == null ? bits[1][row] : bits[3][row];
            }
            if (learn) {
                inputs.learnRow();
                learned++;
            }
        }
        startRow(context.length + n, contexts, n, neighbours);
        List<NextToken> next = next(model, contexts, n, candidates);
        double total = share[0] + share[1] + share[2];
        if (total == 0) {
            share[0] = model == null ? 0 : 1;
            share[2] = 1 - share[0];
            total = 1;
        }
        return new MixedText(
                bits[0],
                bits[1],
                bits[2],
                bits[3],
                share[0] / total,
                share[1] / total,
                share[2] / total,
                next);
    }

    private void startRow(int position, ContextAnswer contexts, int row, NeighbourLists lists) {
        last = position > 0 ? history[position - 1] + 1 : 0;
        column = ContextHashes.column(tree, history, position);
        inputs.row(contexts, row, lists);
    }

    private void decide(
            int node,
            int depth,
            ModelPath model,
            ContextAnswer contexts,
            int row,
            int at,
            float modelRight) {
        inputs.decision(node, depth, contexts, row, at, modelRight);
        float[] x = inputs.x;
        int depthClass = Math.min(depth, 23);
        int modelClass =
                model == null
                        ? 0
                        : (int) (Logits.clamp(x[DecisionInputs.MODEL], -7.4f, 7.4f) + 8.5f);
        mapContexts[0] = node;
        mapContexts[1] = ((node * 0x2F0B4C47 ^ last * 0x9E3779B1) >>> 16) & MAP_CONTEXTS - 1;
        mapContexts[2] =
                (inputs.expectedSide * 16 + inputs.longest) * 64
                        + Math.min(63, inputs.expectedCount);
        if (model == null) {
            right[0] = Double.NaN;
        } else {
            modelSelectors[0] = inputs.distanceClass * 16 + Math.min(15, depth);
            modelSelectors[1] = node;
            modelSelectors[2] = last;
            modelSelectors[3] = modelClass * 24 + depthClass;
            right[0] = modelAndNeighbours.mix(x, modelSelectors, inputs.distanceClass, mapContexts);
        }
        if (contexts == null) {
            right[1] = Double.NaN;
            right[2] = right[0];
            return;
        }
        int sure = inputs.expectedCount > 3 ? 2 : inputs.expectedCount > 1 ? 1 : 0;
        int side = inputs.expectedSide;
        selectors[0] = inputs.longest * 24 + depthClass;
        selectors[1] = node;
        selectors[2] = last;
        selectors[3] = ((inputs.longest * 3 + side) * 4 + sure) * 3 + Math.min(2, depth / 4);
        selectors[4] = modelClass * 12 + inputs.distanceClass;
        selectors[5] = counts(contexts, at);
        selectors[6] = column / 4 * 24 + depthClass;
        int finalSelector = inputs.longest * 3 + side;
        right[1] = contextsAlone.mix(x, selectors, finalSelector, mapContexts);
        right[2] = model == null ? right[1] : all.mix(x, selectors, finalSelector, mapContexts);
    }

    private static int counts(ContextAnswer contexts, int at) {
        int selector = 0;
        for (int c = 1; c <= 3; c++) {
            int count = DenseSlot.count(contexts.dense[at * ContextHashes.DENSE + c]);
            int log2 = 31 - Integer.numberOfLeadingZeros(count);
            selector = selector * 10 + (count < 3 ? count : 2 + Math.min(7, log2));
        }
        return selector;
    }

    private void addShares(double[] share) {
        share[0] += Math.abs(part(DecisionInputs.MODEL, DecisionInputs.BIAS));
        share[1] += Math.abs(part(DecisionInputs.NEIGHBOURS, DecisionInputs.MODEL));
        share[2] += Math.abs(part(DecisionInputs.DENSE, DecisionInputs.COUNT));
    }

    private float part(int from, int end) {
        return all.contribution(inputs.x, from, end);
    }

    private void learn(ModelPath model, ContextAnswer contexts, int bit) {
        float rate =
                config.finalLearningRate()
                        + config.learningRate() / (1 + learned / config.decayTokens());
        if (model != null && inputs.hasNeighbours()) {
            modelAndNeighbours.learn(inputs.x, bit, rate);
        }
        if (contexts != null) {
            contextsAlone.learn(inputs.x, bit, rate);
            if (model != null) {
                all.learn(inputs.x, bit, rate);
            }
        }
        inputs.learn(bit);
    }

    private List<NextToken> next(
            ModelPath model, ContextAnswer contexts, int row, int[] candidates) {
        int[] nodes = tree.nodes(candidates);
        double[] rightOf = new double[tree.size()];
        int[] depth = new int[tree.size()];
        for (int candidate : candidates) {
            int[] path = tree.path(candidate);
            for (int i = 0; i < path.length; i++) {
                depth[path[i] >> 1] = i;
            }
        }
        for (int i = 0; i < nodes.length; i++) {
            int at = contexts == null ? 0 : contexts.start[row] + i;
            float modelRight = model == null ? Float.NaN : model.right()[row][i];
            decide(nodes[i], depth[nodes[i]], model, contexts, row, at, modelRight);
            rightOf[nodes[i]] = right[2];
        }
        return IntStream.of(candidates)
                .mapToObj(
                        token -> {
                            double p = 1;
                            for (int step : tree.path(token)) {
                                double r = rightOf[step >> 1];
                                p *= (step & 1) == 1 ? r : 1 - r;
                            }
                            return new NextToken(token, p);
                        })
                .sorted(
                        Comparator.comparingDouble(NextToken::probability)
                                .reversed()
                                .thenComparingInt(NextToken::token))
                .limit(5)
                .toList();
    }

    /** Format, vocabulary and configuration, then all learned numbers. */
    public byte[] snapshot() {
        byte[] header = header(FORMAT);
        int bytes = header.length + Long.BYTES + DecisionInputs.STATE_BYTES;
        for (LogisticLine line : lines()) {
            bytes += line.stateBytes();
        }
        var out = ByteBuffer.allocate(bytes);
        out.put(header).putLong(learned);
        inputs.write(out);
        for (LogisticLine line : lines()) {
            line.write(out);
        }
        return out.array();
    }

    /**
     * Continues from a snapshot bit for bit.
     *
     * @throws IllegalArgumentException if the bytes are of another format, vocabulary or
     *     configuration
     */
    public void restore(byte[] snapshot) {
        int length = header(FORMAT).length;
        byte[] header = Arrays.copyOf(snapshot, length);
        boolean dense = Arrays.equals(header, header(DENSE_FORMAT));
        if (snapshot.length < length || !(dense || Arrays.equals(header, header(FORMAT)))) {
            throw new IllegalArgumentException(
                    "not a mixer's snapshot of format %d or %d over %d tokens with %s"
                            .formatted(DENSE_FORMAT, FORMAT, tree.size(), config));
        }
        var in = ByteBuffer.wrap(snapshot);
        in.position(length);
        learned = in.getLong();
        inputs.read(in);
        for (LogisticLine line : lines()) {
            if (dense) {
                line.readAll(in);
            } else {
                line.read(in);
            }
        }
    }

    private LogisticLine[] lines() {
        return new LogisticLine[] {modelAndNeighbours, contextsAlone, all};
    }

    private byte[] header(int format) {
        return ByteBuffer.allocate(8 * Integer.BYTES)
                .putInt(format)
                .putInt(tree.size())
                .putFloat(config.learningRate())
                .putFloat(config.finalLearningRate())
                .putFloat(config.decayTokens())
                .putFloat(config.finalRate())
                .putFloat(config.mapWeight())
                .putFloat(config.mapRate())
                .array();
    }
}
