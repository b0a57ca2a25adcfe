package freshet.operators;

import freshet.learners.language.ScoredText;

/** Reads of a row of log-probabilities. */
final class NextTokens {

    private static final double LN_2 = Math.log(2);

    private NextTokens() {}

    /** The {@code count} most probable tokens after the text, best first; ties by token id. */
    static int[] mostProbable(ScoredText scored, int count) {
        int vocabulary = scored.vocabulary();
        int row = (scored.rows() - 1) * vocabulary;
        int[] best = new int[Math.min(count, vocabulary)];
        int filled = 0;
        for (int token = 0; token < vocabulary; token++) {
            float value = scored.logProbabilities()[row + token];
            if (filled == best.length
                    && value <= scored.logProbabilities()[row + best[filled - 1]]) {
                continue;
            }
            int at = filled < best.length ? filled++ : filled - 1;
            while (at > 0 && scored.logProbabilities()[row + best[at - 1]] < value) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = token;
        }
        return best;
    }

    /** Total of {@code -log2 p} over the text's tokens. */
    static double bits(ScoredText scored, int[] tokens) {
        return scored.nats(tokens) / LN_2;
    }
}
