package freshet.learners.language;

/** Byte-level pair encoding. */
public final class BytePairTokenizer implements Tokenizer {
    private BytePairTokenizer() {}

    /** Reads the committed vocabulary. */
    public static BytePairTokenizer load() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public int[] encode(byte[] utf8) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public byte[] decode(int[] tokens) {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public int vocabulary() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public String hash() {
        throw new UnsupportedOperationException("being written");
    }

    @Override
    public byte[] token(int id) {
        throw new UnsupportedOperationException("being written");
    }
}
