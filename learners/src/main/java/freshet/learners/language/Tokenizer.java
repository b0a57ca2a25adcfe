package freshet.learners.language;

/** Turns bytes into token ids and back; any bytes round-trip. */
public interface Tokenizer {

    /** Ids in {@code [0, vocabulary)}. */
    int[] encode(byte[] text);

    byte[] decode(int[] tokens);

    /** Number of entries V. */
    int vocabulary();

    /** Bytes of one entry. */
    byte[] token(int id);

    /** SHA-256 of the vocabulary, in hex: models of another tokenizer must not be mixed. */
    String hash();
}
