package freshet.pipelines;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Clients of topics that an operator uses as a log of its own, outside of transactions. */
final class LogClients {

    private LogClients() {}

    /** Whose writes count once all replicas that are in sync have them. */
    static KafkaProducer<byte[], byte[]> producer(KafkaSettings settings) {
        Properties properties = settings.clientProperties();
        properties.setProperty("acks", "all");
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Of one partition, without a group.
     *
     * @param more properties, beyond ours
     */
    static KafkaConsumer<byte[], byte[]> consumer(
            KafkaSettings settings, TopicPartition topic, Map<String, String> more) {
        Properties properties = settings.clientProperties();
        properties.setProperty("enable.auto.commit", "false");
        properties.putAll(more);
        var consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(topic));
        return consumer;
    }
}
