package freshet.jobs;

import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes commands to the control topic. */
public final class ControlSender {

    private final KafkaAccess kafka;
    private final String topic;

    public ControlSender(KafkaAccess kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /**
     * Returns when the broker has it.
     *
     * @throws CommandFailure if no broker answers, or the topic does not exist or cannot keep the
     *     order of commands
     */
    public void send(ControlCommand command) {
        int partitions = kafka.partitions(topic).size();
        if (partitions != 1) {
            throw new CommandFailure(
                    "topic %s has %d partitions, commands need one, which keeps their order"
                            .formatted(topic, partitions));
        }
        byte[] key = command.getCommandId().getBytes(StandardCharsets.UTF_8);
        byte[] value = AvroCodec.of(ControlCommand.class).encode(command);
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (ExecutionException e) {
            throw kafka.explained(topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted before the broker had the command", e);
        }
    }
}
