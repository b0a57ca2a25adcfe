package freshet.learners.language;

import freshet.learners.tensor.Inputs;
import java.util.Arrays;

/**
 * Lays token sequences into windows of one shape. Position 0 reads the start symbol, position p the
 * sequence's token p - 1, and each predicts the sequence's token p; what is left over on the right
 * is filling that weighs nothing.
 */
final class Windows {

    private final int vocabulary;
    private final int window;
    private final int count;
    private final int[] tokens; // [B, W]
    private final int[] targets; // [B * W]
    private final float[] weights; // [B * W]

    Windows(LanguageModelConfig config, int count) {
        this.vocabulary = config.vocabulary();
        this.window = config.window();
        this.count = count;
        tokens = new int[count * window];
        targets = new int[count * window];
        weights = new float[count * window];
        Arrays.fill(tokens, vocabulary);
    }

    /**
     * Fills one window to be learned.
     *
     * @param sequence at most W tokens
     * @param firstWeighs whether the first token counts: not if the text before it was cut off
     */
    void put(int index, int[] sequence, boolean firstWeighs) {
        int at = index * window;
        System.arraycopy(sequence, 0, tokens, at + 1, Math.min(sequence.length, window - 1));
        System.arraycopy(sequence, 0, targets, at, sequence.length);
        Arrays.fill(weights, at, at + sequence.length, 1);
        if (!firstWeighs) {
            weights[at] = 0;
        }
    }

    /** Inputs for a loss: every position that counts weighs alike, together 1. */
    Inputs forLoss() {
        float total = 0;
        for (float weight : weights) {
            total += weight;
        }
        float[] shares = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            shares[i] = weights[i] / total;
        }
        return new Inputs()
                .put(TransformerProgram.TOKENS, tokens, count, window)
                .put(TransformerProgram.TARGETS, targets, targets.length)
                .put(TransformerProgram.WEIGHTS, shares, shares.length);
    }

    /** Inputs for what needs no loss. */
    Inputs forReading() {
        return new Inputs().put(TransformerProgram.TOKENS, tokens, count, window);
    }

    /**
     * Fails on an id outside [0, V).
     *
     * @param name what the tokens are, for the message
     */
    static void check(String name, int[] tokens, int vocabulary) {
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabulary) {
                throw new IllegalArgumentException(
                        "%s[%d] is %d, the vocabulary has %d tokens"
                                .formatted(name, i, tokens[i], vocabulary));
            }
        }
    }
}
