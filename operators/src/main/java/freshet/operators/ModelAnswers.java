package freshet.operators;

/**
 * Answers records of one model at a time from a version that has not learned them. May own native
 * memory until closed.
 *
 * @param <R> what is answered
 */
public interface ModelAnswers<R extends InRecord> extends AutoCloseable {

    /** Answers, and remembers what the next answer needs. */
    OutRecord answer(R record, ModelVersion version);

    byte[] snapshot();

    /** Goes on with another model, or where it stopped with the same one. */
    void restore(byte[] snapshot);
}
