package freshet.pipelines;

import freshet.operators.DecisionLog;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Decisions in the topic of acknowledgements, outside of transactions: what is written there is not
 * taken back when the job goes back to a checkpoint. A write waits for the broker, milliseconds for
 * each command; the first connects.
 */
final class KafkaDecisionLog implements DecisionLog {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaSettings settings;
    private final String modelName;
    private final AvroCodec<ControlAcknowledgement> codec =
            AvroCodec.of(ControlAcknowledgement.class);
    private KafkaProducer<byte[], byte[]> producer;

    KafkaDecisionLog(KafkaSettings settings, String modelName) {
        this.settings = settings;
        this.modelName = modelName;
    }

    @Override
    public List<ControlAcknowledgement> decided() {
        Map<String, ControlAcknowledgement> decisions = new LinkedHashMap<>();
        var topic = new TopicPartition(settings.acknowledgementsTopic(), 0);
        Map<String, String> patience =
                Map.of("default.api.timeout.ms", String.valueOf(PATIENCE.toMillis()));
        try (var consumer = LogClients.consumer(settings, topic, patience)) {
            consumer.seekToBeginning(List.of(topic));
            long end = consumer.endOffsets(List.of(topic)).get(topic);
            while (consumer.position(topic) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    read(record, decisions);
                }
            }
        }
        return new ArrayList<>(decisions.values());
    }

    private void read(
            ConsumerRecord<byte[], byte[]> record, Map<String, ControlAcknowledgement> decisions) {
        try {
            ControlAcknowledgement decision = codec.decode(record.value());
            if (decision.getModelName().equals(modelName)) {
                decisions.putIfAbsent(decision.getCommandId(), decision);
            }
        } catch (UndecodableRecordException e) {
            throw new FlinkRuntimeException(
                    "%s at offset %d holds no acknowledgement: which commands were obeyed is unknown"
                            .formatted(record.topic(), record.offset()),
                    e);
        }
    }

    @Override
    public void write(ControlAcknowledgement decision) {
        if (producer == null) {
            producer = LogClients.producer(settings);
        }
        byte[] key = decision.getCommandId().getBytes(StandardCharsets.UTF_8);
        try {
            producer.send(
                            new ProducerRecord<>(
                                    settings.acknowledgementsTopic(),
                                    0,
                                    key,
                                    codec.encode(decision)))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new FlinkRuntimeException(
                    "command %s cannot be acknowledged, so it is not carried out"
                            .formatted(decision.getCommandId()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FlinkRuntimeException("interrupted while a command was acknowledged", e);
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
