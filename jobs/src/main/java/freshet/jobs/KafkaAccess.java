package freshet.jobs;

import freshet.pipelines.FreshetOptions;
import freshet.pipelines.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A command's way to the user's Kafka; a broker that does not answer costs seconds and one line.
 */
public final class KafkaAccess {

    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration RETRY = Duration.ofMillis(50);

    /** Longest request of a producer unless the user chose another; that of the pipelines. */
    private static final String MAX_REQUEST_BYTES = String.valueOf(16 << 20);

    private final String servers;
    private final Properties common = new Properties();

    /**
     * @param servers brokers, {@code host:port}, comma separated
     * @param clientOptions handed to every client as they are
     */
    public KafkaAccess(String servers, Map<String, String> clientOptions) {
        this.servers = servers;
        common.putAll(clientOptions);
        common.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    }

    /** To the Kafka that the settings name. */
    public static KafkaAccess of(ReadableConfig config) {
        KafkaSettings settings = FreshetOptions.kafka(config);
        return new KafkaAccess(settings.bootstrapServers(), settings.clientOptions());
    }

    public String servers() {
        return servers;
    }

    /** Options common to all clients; a fresh copy. */
    public Properties properties() {
        Properties copy = new Properties();
        copy.putAll(common);
        return copy;
    }

    /**
     * The partitions of a topic; each can be written and read when this returns.
     *
     * @throws CommandFailure if no broker answers or the topic does not exist
     */
    public List<TopicPartition> partitions(String topic) {
        try (Admin admin = admin()) {
            int count =
                    admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)
                            .get()
                            .partitions()
                            .size();
            return led(admin, topic, count);
        } catch (ExecutionException e) {
            throw explained(topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    /**
     * Waits until every partition's leader knows that it leads. A broker makes a topic known before
     * it takes records: of a burst sent in between, the first batches are refused and a later one
     * is accepted as the producer's first (KAFKA-15591, in Kafka 4.1 too). The refused ones can
     * then never be written; they end, two minutes later, as {@code OutOfOrderSequenceException}.
     */
    private static List<TopicPartition> led(Admin admin, String topic, int count)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new LinkedHashMap<>();
        for (int partition = 0; partition < count; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        admin.listOffsets(ends).all().get(); // asks the leaders, again and again until they answer
        return List.copyOf(ends.keySet());
    }

    /**
     * Waits also until the broker knows a topic that its controller has just made: until then it
     * answers, finally, that there is none.
     */
    private static void ledOnceKnown(Admin admin, String topic, int count)
            throws ExecutionException, InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                led(admin, topic, count);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() > giveUp) {
                    throw e;
                }
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    /**
     * Makes the topics that are not there yet; those that are stay as they are. Those made can be
     * written and read when this returns.
     *
     * @throws CommandFailure if no broker answers or one cannot be made
     */
    public void createTopics(Collection<NewTopic> topics) {
        try (Admin admin = admin()) {
            CreateTopicsResult results = admin.createTopics(topics);
            for (var made : results.values().entrySet()) {
                String topic = made.getKey();
                try {
                    made.getValue().get();
                    ledOnceKnown(admin, topic, results.numPartitions(topic).get());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw explained(topic, e.getCause());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while topics were made", e);
        }
    }

    /**
     * Longest transaction that the brokers allow; empty where we may not read it.
     *
     * @throws CommandFailure if no broker answers
     */
    public Optional<Duration> longestTransaction() {
        try (Admin admin = admin()) {
            String broker = admin.describeCluster().nodes().get().iterator().next().idString();
            var resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            String millis =
                    admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get("transaction.max.timeout.ms")
                            .value();
            return Optional.of(Duration.ofMillis(Long.parseLong(millis)));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Optional.empty();
            }
            throw explained("of transactions", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    private Admin admin() {
        Properties properties = properties();
        properties.put("default.api.timeout.ms", String.valueOf(PATIENCE.toMillis()));
        properties.put("request.timeout.ms", String.valueOf(PATIENCE.toMillis() / 2));
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            throw new CommandFailure(
                    "no client for %s: %s"
                            .formatted(
                                    servers,
                                    (e.getCause() == null ? e : e.getCause()).getMessage()),
                    e);
        }
    }

    /**
     * Longest record that a topic takes from our producer, key and envelope included, bytes. A
     * topic whose limit we may not read counts as without.
     *
     * @throws CommandFailure if no broker answers or the topic does not exist
     */
    public int maxRecordBytes(String topic) {
        int ofRequest =
                Integer.parseInt(
                        producerProperties().getProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin()) {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            String ofTopic = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value();
            return Math.min(ofRequest, Integer.parseInt(ofTopic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicAuthorizationException) {
                return ofRequest;
            }
            throw explained(topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    /** What a failed call means to the user. */
    public CommandFailure explained(String topic, Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new CommandFailure(
                    "no Kafka broker answers at %s; is it running, is the address right?"
                            .formatted(servers),
                    failure);
        }
        if (failure instanceof UnknownTopicOrPartitionException) {
            return new CommandFailure(
                    "topic %s does not exist at %s; freshet run makes it".formatted(topic, servers),
                    failure);
        }
        if (failure instanceof AuthenticationException) {
            return new CommandFailure(
                    "Kafka at %s does not take user, password or certificate of kafka.client: %s"
                            .formatted(servers, firstLine(failure)),
                    failure);
        }
        if (failure instanceof TopicAuthorizationException) {
            return new CommandFailure(
                    "the user of kafka.client may not use topic %s at %s; docs/security.md lists the rights"
                            .formatted(topic, servers),
                    failure);
        }
        return new CommandFailure(
                "topic %s at %s: %s".formatted(topic, servers, failure.getMessage()), failure);
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    /** A consumer of committed records, without a group: it leaves no trace. */
    public KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = properties();
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("default.api.timeout.ms", String.valueOf(PATIENCE.toMillis()));
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** How many records a topic has ever held, committed or not, retired ones too. */
    public long written(String topic) {
        Properties properties = properties();
        properties.put("isolation.level", "read_uncommitted");
        try (var consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.endOffsets(partitions(topic)).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    /**
     * A producer that writes each record once and in order as long as the process lives. It waits
     * out a broker's stall of a minute; whether there is a broker at all, {@link #partitions} has
     * asked before.
     */
    public KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                producerProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Properties producerProperties() {
        Properties properties = properties();
        properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        return properties;
    }
}
