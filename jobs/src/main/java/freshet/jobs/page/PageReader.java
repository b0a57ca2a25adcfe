package freshet.jobs.page;

import freshet.jobs.KafkaAccess;
import freshet.jobs.page.PageTopics.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the topics into the state, from their newest past on. An ordinary consumer without a group:
 * it writes nothing, commits nothing and makes no topic. A topic that is not there yet is looked
 * for again, and so is a broker that went away.
 */
final class PageReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    /** The broker gathers records for half a second: few requests, and still soon enough. */
    private static final String GATHER_MILLIS = "500";

    private static final String GATHER_BYTES = String.valueOf(256 << 10);

    private final KafkaAccess kafka;
    private final Map<String, Kind> topics;
    private final PageState state;
    private final Thread thread = new Thread(this::run, "read for the page");
    private final KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean stopped;

    PageReader(KafkaAccess kafka, Map<String, Kind> topics, PageState state) {
        this.kafka = kafka;
        this.topics = topics;
        this.state = state;
        consumer = consumer(kafka);
        thread.setDaemon(true);
    }

    /** A consumer that makes no topic, and asks the broker seldom. */
    static KafkaConsumer<byte[], byte[]> consumer(KafkaAccess kafka) {
        Properties properties = kafka.properties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, GATHER_MILLIS);
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, GATHER_BYTES);
        properties.put(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(PATIENCE.toMillis()));
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    void start() {
        thread.start();
    }

    private void run() {
        Set<TopicPartition> read = new HashSet<>();
        long nextLook = System.nanoTime();
        try (consumer) {
            while (!stopped) {
                if (System.nanoTime() - nextLook >= 0) {
                    look(read);
                    nextLook = System.nanoTime() + LOOK_EVERY_NANOS;
                }
                if (read.isEmpty()) {
                    Thread.sleep(POLL.toMillis());
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    state.take(topics.get(record.topic()), record);
                }
            }
        } catch (WakeupException | InterruptException e) {
            // Asked to stop.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finds partitions that are new, and whether the broker still answers. */
    private void look(Set<TopicPartition> read) {
        try {
            Map<String, List<PartitionInfo>> there = consumer.listTopics(PATIENCE);
            List<TopicPartition> found = new ArrayList<>();
            for (String topic : topics.keySet()) {
                for (PartitionInfo one : there.getOrDefault(topic, List.of())) {
                    found.add(new TopicPartition(topic, one.partition()));
                }
            }
            found.removeAll(read);
            if (!found.isEmpty()) {
                begin(read, found);
            }
            state.unreachable(null);
        } catch (TimeoutException e) {
            state.unreachable(kafka.servers());
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            state.unreachable(kafka.servers() + " (" + e.getMessage() + ")");
        }
    }

    private void begin(Set<TopicPartition> read, List<TopicPartition> found) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(found);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(found);
        Set<TopicPartition> all = new HashSet<>(read);
        all.addAll(found);
        consumer.assign(all);
        for (TopicPartition one : found) {
            long past = topics.get(one.topic()).past;
            consumer.seek(one, Math.max(beginnings.get(one), ends.get(one) - past));
        }
        read.addAll(found);
    }

    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
