package freshet.benchmarks.robots;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.client.RobotLink;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The floor under every robot's latency: simulated robots, a broker, and in place of Flink and a
 * model a thread that answers zero at once, all in this process.
 */
@Command(
        name = "robot-loop",
        mixinStandardHelpOptions = true,
        description =
                "Observation-to-action latency and deadline misses through Kafka alone, answered at"
                        + " once without a model: what is left of it with one is the pipeline's.")
public final class RobotLoopBenchmark implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(100);

    @Option(names = "--robots", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> robots = List.of(1, 20, 200);

    @Option(names = "--hz", description = "Steps of each a second; default ${DEFAULT-VALUE}.")
    private double hertz = 20;

    @Option(names = "--pixels", description = "Side of a picture; default ${DEFAULT-VALUE}.")
    private int pixels = 32;

    @Option(
            names = "--warm-up",
            description = "Steps of each robot before those measured; default ${DEFAULT-VALUE}.")
    private int warmUp = 200;

    @Option(
            names = "--steps",
            description = "Steps of each robot that are measured; default ${DEFAULT-VALUE}.")
    private int steps = 600;

    private Table table;

    @Override
    public Integer call() throws Exception {
        Logs.silent();
        System.out.println(Machine.line());
        table = RobotTraffic.table();
        Path folder = Files.createTempDirectory("robot-loop");
        try (var broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            for (int count : robots) {
                measure(kafka, count);
            }
        }
        return 0;
    }

    private void measure(KafkaAccess kafka, int count) throws Exception {
        var topics = new RobotLink.Topics("observations-" + count, "actions-" + count, null);
        kafka.createTopics(
                List.of(
                        new NewTopic(topics.observations(), Optional.of(1), Optional.empty()),
                        new NewTopic(topics.actions(), Optional.of(1), Optional.empty())));
        var ends = new AtomicBoolean();
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer();
                KafkaProducer<byte[], byte[]> producer = producer(kafka);
                var traffic = new RobotTraffic(kafka, topics, count, hertz, pixels)) {
            consumer.assign(List.of(new TopicPartition(topics.observations(), 0)));
            consumer.seekToBeginning(consumer.assignment());
            var echo =
                    new Thread(
                            () -> answer(consumer, producer, topics.actions(), ends),
                            "answers zero");
            echo.start();
            traffic.run(warmUp);
            traffic.measure(steps, table);
            ends.set(true);
            echo.join();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaAccess kafka) {
        var withoutWaiting = kafka.properties();
        withoutWaiting.put("linger.ms", "0");
        var serializer = new ByteArraySerializer();
        return new KafkaProducer<>(withoutWaiting, serializer, serializer);
    }

    private static void answer(
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer,
            String topic,
            AtomicBoolean ends) {
        AvroCodec<RobotObservation> observations = AvroCodec.of(RobotObservation.class);
        AvroCodec<Action> actions = AvroCodec.of(Action.class);
        List<Float> zero = Collections.nCopies(1, 0f);
        while (!ends.get()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                RobotObservation one = observations.decodeOwn(record.value());
                if (!one.getTerminal()) {
                    var action =
                            new Action(
                                    one.getRobot(),
                                    one.getEpisode(),
                                    one.getSequence(),
                                    one.getEventTime(),
                                    System.currentTimeMillis(),
                                    one.getEventTime() + one.getDeadlineMillis(),
                                    zero,
                                    "none",
                                    0L);
                    var unused =
                            producer.send(
                                    new ProducerRecord<>(
                                            topic, record.key(), actions.encode(action)));
                }
            }
        }
    }
}
