package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import freshet.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes texts of one source into the text topic, numbered without gaps. Key: the source, so that
 * they stay in one partition and in order.
 */
public final class TextPublisher implements AutoCloseable {

    private final KafkaAccess kafka;
    private final String topic;
    private final String source;
    private final byte[] key;
    private final AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private long sequence;

    /**
     * @param firstSequence number of the first text
     * @throws CommandFailure if no broker answers or the topic does not exist
     */
    public TextPublisher(KafkaAccess kafka, String topic, String source, long firstSequence) {
        this.kafka = kafka;
        this.topic = topic;
        this.source = source;
        this.key = source.getBytes(StandardCharsets.UTF_8);
        this.sequence = firstSequence;
        kafka.partitions(topic);
        producer = kafka.producer();
    }

    /** The highest sequence that the topic holds of this source, or -1. Reads the whole topic. */
    public static long lastSequence(KafkaAccess kafka, String topic, String source) {
        byte[] key = source.getBytes(StandardCharsets.UTF_8);
        AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
        AtomicLong last = new AtomicLong(-1);
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            if (Arrays.equals(record.key(), key) && record.value() != null) {
                                last.accumulateAndGet(sequence(codec, record.value()), Math::max);
                            }
                            return true;
                        });
        return last.get();
    }

    private static long sequence(AvroCodec<TextObservation> codec, byte[] value) {
        try {
            TextObservation text = codec.decode(value);
            return text.getLearn() ? text.getSequence() : -1; // questions are not numbered
        } catch (UndecodableRecordException e) {
            return -1; // the pipeline puts it aside, so its number is free
        }
    }

    /**
     * Sends one text; returns before the broker has it.
     *
     * @param eventTimeMillis when it was written, since 1970-01-01 UTC; must not fall
     * @throws CommandFailure if this or an earlier one could not be written
     */
    public void send(byte[] text, long eventTimeMillis) {
        TextObservation observation =
                new TextObservation(source, sequence, eventTimeMillis, ByteBuffer.wrap(text), true);
        sequence++;
        var unused =
                producer.send(
                        new ProducerRecord<>(topic, key, codec.encode(observation)),
                        (metadata, problem) -> {
                            if (problem != null) {
                                failure.compareAndSet(null, problem);
                            }
                        });
        check();
    }

    /** Waits until the broker has everything. */
    public void flush() {
        producer.flush();
        check();
    }

    private void check() {
        Exception problem = failure.get();
        if (problem != null) {
            throw kafka.explained(topic, problem);
        }
    }

    /** Number of the next text. */
    public long nextSequence() {
        return sequence;
    }

    @Override
    public void close() {
        producer.close();
    }
}
