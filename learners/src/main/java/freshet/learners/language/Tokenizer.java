package freshet.learners.language;

/** Text as token ids and back; any bytes round-trip. Safe for use by many threads. */
public interface Tokenizer {

    /** Ids in {@code [0, V)}, such that {@link #decode} gives back the same bytes. */
    int[] encode(byte[] utf8);

    byte[] decode(int[] tokens);

    /** V, the number of tokens. */
    int vocabulary();

    /** SHA-256 over the tokens in order, in hex: equal hashes mean equal ids for every text. */
    String hash();

    /** Bytes of one token; a fresh copy. */
    byte[] token(int id);
}
