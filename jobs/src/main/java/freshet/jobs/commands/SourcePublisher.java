package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.schemas.AvroCodec;
import freshet.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes records of one source into a topic, numbered without gaps. Key: the source, so that they
 * stay in one partition and in order.
 *
 * @param <T> the record
 */
final class SourcePublisher<T extends SpecificRecordBase> implements AutoCloseable {

    private final KafkaAccess kafka;
    private final String topic;
    private final byte[] key;
    private final AvroCodec<T> codec;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<CommandFailure> failure = new AtomicReference<>();
    private long sequence;

    /**
     * @param firstSequence number of the first record
     * @throws CommandFailure if no broker answers or the topic does not exist
     */
    SourcePublisher(
            KafkaAccess kafka, String topic, Class<T> type, String source, long firstSequence) {
        this.kafka = kafka;
        this.topic = topic;
        this.key = key(source);
        this.codec = AvroCodec.of(type);
        this.sequence = firstSequence;
        kafka.partitions(topic);
        producer = kafka.producer();
    }

    /**
     * The highest number that the topic holds of a source, or -1. Reads the whole topic.
     *
     * @param number of a record, or -1 if it has none
     */
    static <T extends SpecificRecordBase> long lastSequence(
            KafkaAccess kafka,
            String topic,
            Class<T> type,
            String source,
            ToLongFunction<T> number) {
        byte[] key = key(source);
        AvroCodec<T> codec = AvroCodec.of(type);
        AtomicLong last = new AtomicLong(-1);
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            if (Arrays.equals(record.key(), key) && record.value() != null) {
                                last.accumulateAndGet(
                                        number(codec, record.value(), number), Math::max);
                            }
                            return true;
                        });
        return last.get();
    }

    private static <T extends SpecificRecordBase> long number(
            AvroCodec<T> codec, byte[] value, ToLongFunction<T> number) {
        try {
            return number.applyAsLong(codec.decode(value));
        } catch (UndecodableRecordException e) {
            return -1; // the pipeline puts it aside, so its number is free
        }
    }

    private static byte[] key(String source) {
        return source.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Sends one record; returns before the broker has it.
     *
     * @param numbered makes the record with the number that it gets
     * @throws CommandFailure if this or an earlier one could not be written
     */
    void send(LongFunction<T> numbered) {
        byte[] value = codec.encode(numbered.apply(sequence));
        sequence++;
        sendBeside(topic, key, value);
    }

    /**
     * Sends a record into any topic, without a number; returns before the broker has it.
     *
     * @throws CommandFailure if this or an earlier one could not be written
     */
    void sendBeside(String toTopic, byte[] itsKey, byte[] value) {
        var unused =
                producer.send(
                        new ProducerRecord<>(toTopic, itsKey, value),
                        (metadata, problem) -> {
                            if (problem != null) {
                                failure.compareAndSet(null, kafka.explained(toTopic, problem));
                            }
                        });
        check();
    }

    /** Waits until the broker has everything. */
    void flush() {
        producer.flush();
        check();
    }

    private void check() {
        CommandFailure problem = failure.get();
        if (problem != null) {
            throw problem;
        }
    }

    /** Number of the next record. */
    long nextSequence() {
        return sequence;
    }

    @Override
    public void close() {
        producer.close();
    }
}
