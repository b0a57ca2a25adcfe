package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.schemas.TextObservation;
import java.nio.ByteBuffer;

/** Writes texts of one source into the text topic, numbered without gaps and in order. */
public final class TextPublisher implements AutoCloseable {

    private final String source;
    private final SourcePublisher<TextObservation> texts;

    /**
     * @param firstSequence number of the first text
     * @throws CommandFailure if no broker answers or the topic does not exist
     */
    public TextPublisher(KafkaAccess kafka, String topic, String source, long firstSequence) {
        this.source = source;
        texts = new SourcePublisher<>(kafka, topic, TextObservation.class, source, firstSequence);
    }

    /** The highest sequence that the topic holds of this source, or -1. Reads the whole topic. */
    public static long lastSequence(KafkaAccess kafka, String topic, String source) {
        return SourcePublisher.lastSequence(
                kafka,
                topic,
                TextObservation.class,
                source,
                text -> text.getLearn() ? text.getSequence() : -1); // questions are not numbered
    }

    /**
     * Sends one text; returns before the broker has it.
     *
     * @param eventTimeMillis when it was written, since 1970-01-01 UTC; must not fall
     * @throws CommandFailure if this or an earlier one could not be written
     */
    public void send(byte[] text, long eventTimeMillis) {
        texts.send(
                sequence ->
                        new TextObservation(
                                source, sequence, eventTimeMillis, ByteBuffer.wrap(text), true));
    }

    /** Waits until the broker has everything. */
    public void flush() {
        texts.flush();
    }

    /** Number of the next text. */
    public long nextSequence() {
        return texts.nextSequence();
    }

    @Override
    public void close() {
        texts.close();
    }
}
