package freshet.client;

import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.RobotObservation;
import freshet.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Carries the records of any number of robots: one producer for all, one consumer on a thread of
 * its own that reads actions from the moment on at which the link is made, and all commands: those
 * that came before say which robots begin {@link StandingOrders stopped}.
 *
 * <p>Of what one poll brings, commands go first, so that no number of actions holds up a stop. With
 * one broker, an action that was written after a stop was acknowledged is not obeyed any more: a
 * fetch that holds the one holds the other.
 *
 * <p>An observation that the broker does not take at once is worth nothing: the producer gives up
 * after {@link #GIVE_UP_MILLIS}, and the loss is counted, not thrown. Nothing waits for a batch.
 */
public final class RobotLink implements AutoCloseable {

    /** How long an observation may wait for the broker, milliseconds. */
    static final int GIVE_UP_MILLIS = 1000;

    /** How long the commands of old may take to read, all together. */
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(100);

    /**
     * @param observations topic of what robots see
     * @param actions topic of what they should do
     * @param control topic of commands; null if there is none
     */
    public record Topics(String observations, String actions, String control) {}

    private final Topics topics;
    private final Map<String, RobotClient> robots = new ConcurrentHashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> commands;
    private final StandingOrders orders = new StandingOrders(); // guarded by itself
    private final AvroCodec<RobotObservation> observationCodec =
            AvroCodec.of(RobotObservation.class);
    private final AvroCodec<Action> actionCodec = AvroCodec.of(Action.class);
    private final AvroCodec<ControlCommand> commandCodec = AvroCodec.of(ControlCommand.class);
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong undecodable = new AtomicLong();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final Thread reader = new Thread(this::read, "robot actions");
    private volatile boolean closed;

    /**
     * Connects and reads the control topic from its beginning; when this returns, no action that
     * comes can be overlooked.
     *
     * @param clientOptions handed to Kafka's clients, bootstrap servers among them
     * @throws IllegalArgumentException if a topic does not exist, or if that of commands has more
     *     than one partition: then nobody knows which command came last
     * @throws org.apache.kafka.common.KafkaException if no broker answers
     */
    public RobotLink(Properties clientOptions, Topics topics) {
        this.topics = topics;
        consumer =
                new KafkaConsumer<>(
                        consumerOptions(clientOptions),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        try {
            List<TopicPartition> actions = partitions(topics.actions());
            commands = topics.control() == null ? List.of() : partitions(topics.control());
            if (commands.size() > 1) {
                throw new IllegalArgumentException(
                        "topic %s has %d partitions, commands need one, which keeps their order"
                                .formatted(topics.control(), commands.size()));
            }
            var all = new ArrayList<>(actions);
            all.addAll(commands);
            consumer.assign(all);
            consumer.seekToEnd(actions);
            actions.forEach(consumer::position); // now, not at the first poll
            catchUp();
            producer =
                    new KafkaProducer<>(
                            producerOptions(clientOptions),
                            new ByteArraySerializer(),
                            new ByteArraySerializer());
            producer.partitionsFor(topics.observations()); // so that the first need not wait
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        reader.setDaemon(true);
        reader.start();
    }

    /** Reads the commands that are there; robots are yet to come. */
    private void catchUp() {
        if (commands.isEmpty()) {
            return; // to seek in none means to seek in all
        }
        consumer.seekToBeginning(commands);
        Map<TopicPartition, Long> ends = consumer.endOffsets(commands);
        long giveUp = System.nanoTime() + CATCH_UP.toNanos();
        for (TopicPartition partition : commands) {
            while (consumer.position(partition) < ends.get(partition)) {
                take(consumer.poll(POLL));
                if (System.nanoTime() > giveUp) {
                    throw new TimeoutException(
                            "the commands in topic %s took more than %d s to read"
                                    .formatted(topics.control(), CATCH_UP.toSeconds()));
                }
            }
        }
    }

    private static Properties consumerOptions(Properties clientOptions) {
        Properties options = new Properties();
        options.putAll(clientOptions);
        options.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        options.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        options.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
        // All that was fetched at once, or commands might wait behind actions.
        options.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(Integer.MAX_VALUE));
        return options;
    }

    private static Properties producerOptions(Properties clientOptions) {
        Properties options = new Properties();
        options.putAll(clientOptions);
        options.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        options.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(GIVE_UP_MILLIS));
        options.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(GIVE_UP_MILLIS));
        options.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(GIVE_UP_MILLIS));
        return options;
    }

    private List<TopicPartition> partitions(String topic) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            throw new IllegalArgumentException("topic %s does not exist".formatted(topic));
        }
        return found.stream().map(one -> new TopicPartition(topic, one.partition())).toList();
    }

    /**
     * Actions and commands for this robot go to it from now on; it begins stopped if a command of
     * before says so.
     *
     * @throws IllegalArgumentException if there is one of that name
     */
    public void add(RobotClient robot) {
        synchronized (orders) {
            if (robots.putIfAbsent(robot.robot(), robot) != null) {
                throw new IllegalArgumentException("there is a robot %s".formatted(robot.robot()));
            }
            if (orders.isStopped(robot.robot())) {
                robot.startStopped();
            }
        }
    }

    /**
     * Sends an observation; returns before the broker has it.
     *
     * @throws RuntimeException what ended the reading of actions, if something did
     */
    public void send(RobotObservation observation) {
        if (failure.get() != null) {
            throw failure.get();
        }
        byte[] key = observation.getRobot().getBytes(StandardCharsets.UTF_8);
        byte[] value;
        synchronized (observationCodec) {
            value = observationCodec.encode(observation);
        }
        var unused =
                producer.send(
                        new ProducerRecord<>(topics.observations(), key, value),
                        (metadata, problem) -> {
                            if (problem != null) {
                                lost.incrementAndGet();
                            }
                        });
    }

    private void read() {
        try {
            while (!closed) {
                take(consumer.poll(POLL));
            }
        } catch (WakeupException e) {
            // closed
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : commands) {
            records.records(partition).forEach(this::take);
        }
        for (ConsumerRecord<byte[], byte[]> record : records.records(topics.actions())) {
            take(record);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                return;
            }
            if (record.topic().equals(topics.actions())) {
                Action action = actionCodec.decode(record.value());
                RobotClient robot = robots.get(action.getRobot());
                if (robot != null) {
                    robot.received(action);
                }
            } else {
                ControlCommand command = commandCodec.decode(record.value());
                synchronized (orders) {
                    orders.take(command);
                    robots.values().forEach(robot -> robot.commanded(command));
                }
            }
        } catch (UndecodableRecordException e) {
            undecodable.incrementAndGet();
        }
    }

    /** Observations that the broker did not take in time. */
    public long lost() {
        return lost.get();
    }

    /** Records of the actions' and the control topic that could not be read. */
    public long undecodable() {
        return undecodable.get();
    }

    /** Sends what is on its way and disconnects. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofMillis(GIVE_UP_MILLIS));
        consumer.close();
    }
}
