package freshet.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads one topic's committed records, partition by partition in order. */
public final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaAccess kafka;
    private final String topic;

    public TopicReader(KafkaAccess kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /** Reads all that is there now. {@code records} answers whether to go on. */
    public void toTheEnd(Predicate<ConsumerRecord<byte[], byte[]>> records) {
        read(true, true, records);
    }

    /**
     * Reads on as records come, until {@code records} says stop.
     *
     * @param fromBeginning or else from the end that the topic has now
     */
    public void follow(boolean fromBeginning, Predicate<ConsumerRecord<byte[], byte[]>> records) {
        read(fromBeginning, false, records);
    }

    private void read(
            boolean fromBeginning,
            boolean stopAtEnd,
            Predicate<ConsumerRecord<byte[], byte[]>> records) {
        List<TopicPartition> partitions = kafka.partitions(topic);
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
                partitions.forEach(consumer::position); // now, not at the first poll
            }
            Map<TopicPartition, Long> ends = stopAtEnd ? consumer.endOffsets(partitions) : Map.of();
            while (!stopAtEnd || !isThrough(consumer, ends)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (!records.test(record)) {
                        return;
                    }
                }
            }
        } catch (KafkaException e) {
            throw kafka.explained(topic, e);
        }
    }

    private static boolean isThrough(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
