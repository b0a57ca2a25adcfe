package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Another stream with commands to its learner, each from an event time on.
 *
 * @param model that gets them
 * @param version to which it goes back; the newest kept one up to that is taken
 */
record CommandedStream(RealStream stream, String model, long version) implements RealStream {

    private static String control(String name) {
        return name + ".control";
    }

    @Override
    public Map<String, String> settings(String name) {
        Map<String, String> settings = new TreeMap<>(stream.settings(name));
        settings.put(FreshetOptions.CONTROL_TOPIC.key(), control(name));
        return settings;
    }

    @Override
    public void publish(
            KafkaAccess kafka,
            String name,
            int partitions,
            int records,
            long seed,
            Consumer<String> beforeEach) {
        RealStream.createTopic(kafka, control(name), 1);
        command(kafka, control(name), records);
        stream.publish(kafka, name, partitions, records, seed, beforeEach);
    }

    @Override
    public int answers(int records, boolean evaluation) {
        return stream.answers(records, evaluation);
    }

    @Override
    public String key(ConsumerRecord<byte[], byte[]> answer) {
        return stream.key(answer);
    }

    private void command(KafkaAccess kafka, String topic, int records) {
        String back = String.valueOf(version);
        AvroCodec<ControlCommand> codec = AvroCodec.of(ControlCommand.class);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (ControlCommand command :
                    List.of(
                            at(0.2, records, "scaleLearningRate", Map.of("factor", "0.3")),
                            at(0.3, records, "holdPublication", Map.of()),
                            at(0.4, records, "freeze", Map.of()),
                            at(0.5, records, "unfreeze", Map.of()),
                            at(0.55, records, "releasePublication", Map.of()),
                            at(0.7, records, "rewind", Map.of("version", back, "skip", "2")),
                            at(0.8, records, "resetMomentum", Map.of()))) {
                byte[] key = command.getCommandId().getBytes(StandardCharsets.UTF_8);
                var unused = producer.send(new ProducerRecord<>(topic, key, codec.encode(command)));
            }
            producer.flush();
        }
    }

    /**
     * @param way share of the stream after which it holds
     */
    private ControlCommand at(
            double way, int records, String action, Map<String, String> arguments) {
        return new ControlCommand(
                action,
                model,
                action,
                arguments,
                RealStream.eventTime((int) (way * records)),
                "fixed stream",
                false);
    }
}
