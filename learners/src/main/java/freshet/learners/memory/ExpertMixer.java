package freshet.learners.memory;

/**
 * Mixes language model, nearest neighbours and hashed contexts, decision by decision along a token's
 * path through the vocabulary tree, in the logit domain with weights learned online.
 */
public final class ExpertMixer {

    /**
     * @param learningRate of the weights at the start
     * @param finalLearningRate what it decays to
     * @param apmRate rate of the final adaptive probability maps
     */
    public record Config(float learningRate, float finalLearningRate, float apmRate) {
        public static Config defaults() {
            return new Config(0.02f, 0.002f, 0.02f);
        }
    }

    public ExpertMixer(VocabularyTree tree, Config config) {}

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
        throw new UnsupportedOperationException("in work");
    }

    public byte[] snapshot() {
        throw new UnsupportedOperationException("in work");
    }

    /**
     * @throws IllegalArgumentException if the bytes are of another format, vocabulary or
     *     configuration
     */
    public void restore(byte[] snapshot) {
        throw new UnsupportedOperationException("in work");
    }
}
