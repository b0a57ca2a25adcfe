package freshet.operators;

/** A text that the language model has scored, waiting for the memory's answers. */
public class EncodedText {
    public SequencedText text;
    public long modelVersion;
    public long trainedThroughMillis;
    public long learnedAppendTimeMillis;

    /** {@code [n + 1, D]} memory keys, the last row only asked. */
    public float[] keys;

    /** The model's probabilities along each token's path, as {@code ModelPath} writes them. */
    public byte[] modelPath;

    /** Most probable next tokens by the model alone, best first. */
    public int[] candidates;

    /**
     * Total under the frozen version, in bits; NaN where there is none apart from the served one.
     */
    public double frozenBits;

    /** Rollout of the newest tokens, see {@code LanguageModel.explain}; null: not explained. */
    public float[] explanation;

    /** Attention flow of the same tokens; null: not explained, empty: without a flow. */
    public float[] flow;

    public double flowTotal;
}
