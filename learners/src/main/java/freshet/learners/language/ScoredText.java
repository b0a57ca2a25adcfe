package freshet.learners.language;

/**
 * What a language model says of a text, position by position. Row {@code i < n} was computed from
 * the context and the tokens before {@code i} only, and predicts token {@code i}; row {@code n}
 * predicts what follows the text.
 *
 * @param rows n + 1
 * @param logProbabilities {@code [n + 1, V]} natural logarithms, each row sums to 1 in probability
 * @param keys {@code [n + 1, D]} the input of the last feed-forward network at the same positions:
 *     what the memory is searched with
 */
public record ScoredText(int rows, float[] logProbabilities, float[] keys) {

    /** V. */
    public int vocabulary() {
        return logProbabilities.length / rows;
    }

    /** {@code -ln p} of what may be token {@code i}. */
    public double nats(int i, int token) {
        return -logProbabilities[i * vocabulary() + token];
    }

    /** Total of that over the text's own tokens. */
    public double nats(int[] tokens) {
        double nats = 0;
        for (int i = 0; i < tokens.length; i++) {
            nats += nats(i, tokens[i]);
        }
        return nats;
    }
}
