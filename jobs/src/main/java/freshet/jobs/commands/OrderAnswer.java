package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.UndecodableRecordException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Waits for what becomes of a command. */
final class OrderAnswer {

    private static final Duration POLL = Duration.ofMillis(100);

    private OrderAnswer() {}

    /**
     * @param topic of acknowledgements
     * @return empty if none comes in time
     */
    static Optional<ControlAcknowledgement> of(
            String commandId, KafkaAccess kafka, String topic, Duration patience) {
        AvroCodec<ControlAcknowledgement> codec = AvroCodec.of(ControlAcknowledgement.class);
        var partitions = kafka.partitions(topic);
        long giveUp = System.nanoTime() + patience.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions); // kept by bytes, so never long
            while (System.nanoTime() < giveUp) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    ControlAcknowledgement answer = codec.decode(record.value());
                    if (answer.getCommandId().equals(commandId)) {
                        return Optional.of(answer);
                    }
                }
            }
            return Optional.empty();
        } catch (UndecodableRecordException e) {
            throw new CommandFailure(
                    "topic %s holds something else than acknowledgements: %s"
                            .formatted(topic, e.getMessage()),
                    e);
        }
    }
}
