package freshet.learners.language;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import java.io.Serializable;
import java.util.function.ToDoubleFunction;

/**
 * Sizes of the transformer, checked.
 *
 * @param vocabulary V, number of tokens, in [2, 65536]
 * @param width D, features of one position, in [heads, 8192], divisible by heads
 * @param layers L, in [1, 64]
 * @param heads H, in [1, 64]
 * @param feedForward inner width of the feed-forward networks as a multiple of D, in [1, 16]
 * @param window W, positions of one window, the start symbol included, in [2, 8192]
 * @param segment C, new tokens of one update, in [1, window - 1]
 * @param normalisedQueriesAndKeys RMS-norm queries and keys, with a learned scale per head: bounds
 *     the attention logits
 * @param normalisedMemoryKeys RMS-norm the input of the last feed-forward network, which is the
 *     memory's key
 * @param tiedEmbeddings one matrix both reads tokens in and scores them
 * @param tokenShift mix each position's attention input with the one before it, by a learned share
 *     per feature
 */
public record LanguageModelConfig(
        int vocabulary,
        int width,
        int layers,
        int heads,
        int feedForward,
        int window,
        int segment,
        boolean normalisedQueriesAndKeys,
        boolean normalisedMemoryKeys,
        boolean tiedEmbeddings,
        boolean tokenShift)
        implements Serializable {

    private static final double EMBEDDING_DEVIATION = 0.02;
    private static final double INITIAL_SHIFT = 0.3;

    public LanguageModelConfig {
        check("model.vocabulary", vocabulary, 2, 65536);
        check("model.layers", layers, 1, 64);
        check("model.heads", heads, 1, 64);
        check("model.width", width, heads, 8192);
        if (width % heads != 0) {
            throw new IllegalArgumentException(
                    "model.width is %d, must be divisible by model.heads = %d"
                            .formatted(width, heads));
        }
        check("model.feedForward", feedForward, 1, 16);
        check("model.window", window, 2, 8192);
        check("model.segment", segment, 1, window - 1);
    }

    /** The recipe that measured best on 1 to 3 MB of prose on one CPU core. */
    public static LanguageModelConfig defaults(int vocabulary) {
        return new LanguageModelConfig(vocabulary, 128, 2, 4, 4, 96, 48, true, true, true, true);
    }

    /** Most tokens of context that a batch carries: W - C. */
    public int contextLimit() {
        return window - segment;
    }

    /**
     * Parameters in order. Matrices are {@code [in, out]} and start with variance 1 / in; what is
     * added to the residual stream starts at zero, so that a new layer changes nothing.
     */
    public Layout.Builder layout() {
        ToDoubleFunction<CounterRandom> zero = random -> 0;
        ToDoubleFunction<CounterRandom> one = random -> 1;
        ToDoubleFunction<CounterRandom> fanIn = random -> random.nextGaussian() / Math.sqrt(width);
        ToDoubleFunction<CounterRandom> embedding =
                random -> random.nextGaussian() * EMBEDDING_DEVIATION;
        // Row V is the start symbol.
        var layout = new Layout.Builder().add("embedding", embedding, vocabulary + 1, width);
        if (!tiedEmbeddings) {
            layout.add("output", embedding, vocabulary, width);
        }
        layout.add("outputScale", one, 1).add("outputBias", zero, vocabulary);
        for (int layer = 0; layer < layers; layer++) {
            String prefix = prefix(layer);
            layout.add(prefix + "queryKeyValue", fanIn, width, 3L * width)
                    .add(prefix + "attentionOutput", zero, width, width)
                    .add(prefix + "feedForwardIn", fanIn, width, (long) feedForward * width)
                    .add(prefix + "feedForwardOut", zero, (long) feedForward * width, width)
                    .add(prefix + "keyGain", one, width);
            if (tokenShift) {
                layout.add(prefix + "shift", random -> INITIAL_SHIFT, width);
            }
            if (normalisedQueriesAndKeys) {
                layout.add(prefix + "attentionScale", one, heads, 1, 1);
            }
        }
        return layout;
    }

    static String prefix(int layer) {
        return "layer" + layer + ".";
    }

    /**
     * One line that names every size and the tokenizer: weights of one fingerprint fit no other.
     *
     * @param tokenizerHash {@link Tokenizer#hash}
     */
    public String fingerprint(String tokenizerHash) {
        return ("language vocabulary=%d width=%d layers=%d heads=%d feedForward=%d window=%d"
                        + " segment=%d normalisedQueriesAndKeys=%s normalisedMemoryKeys=%s"
                        + " tiedEmbeddings=%s tokenShift=%s tokenizer=%s")
                .formatted(
                        vocabulary,
                        width,
                        layers,
                        heads,
                        feedForward,
                        window,
                        segment,
                        normalisedQueriesAndKeys,
                        normalisedMemoryKeys,
                        tiedEmbeddings,
                        tokenShift,
                        tokenizerHash);
    }

    private static void check(String option, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s is %d, must be in [%d, %d]".formatted(option, value, low, high));
        }
    }
}
