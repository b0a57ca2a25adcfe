package freshet.benchmarks.stability;

import freshet.jobs.KafkaAccess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Follows a topic of one partition on a thread of its own and notes how long what it reads took.
 */
final class LatencyReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Finds the number of the report that a record is about. */
    @FunctionalInterface
    interface Numbers {

        /** Any number that was not sent if it is of no interest. */
        long of(byte[] value);
    }

    private final Map<Long, Long> sent;
    private final Map<Long, Long> tookNanos = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param isolation {@code read_committed} or {@code read_uncommitted}
     * @param sent when each report was sent, by its number; others are not noted
     */
    LatencyReader(
            KafkaAccess kafka,
            String topic,
            String isolation,
            Map<Long, Long> sent,
            Numbers numbers) {
        this.sent = sent;
        Properties properties = kafka.properties();
        properties.put("isolation.level", isolation);
        properties.put("enable.auto.commit", "false");
        List<TopicPartition> partitions = kafka.partitions(topic);
        thread = new Thread(() -> follow(properties, partitions, numbers), topic + isolation);
        thread.setDaemon(true);
        thread.start();
    }

    private void follow(Properties properties, List<TopicPartition> partitions, Numbers numbers) {
        try (var consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    long number = numbers.of(record.value());
                    Long start = sent.get(number);
                    if (start != null) {
                        tookNanos.putIfAbsent(number, System.nanoTime() - start);
                    }
                }
            }
        }
    }

    /** Records noted so far. */
    int size() {
        return tookNanos.size();
    }

    /**
     * Waits until all that were sent from {@code first} to {@code last} have been read.
     *
     * @throws IllegalStateException if one does not come
     */
    void awaitAll(long first, long last) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!sent.keySet().stream()
                .filter(number -> first <= number && number <= last)
                .allMatch(tookNanos::containsKey)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "of %d only %d were read".formatted(sent.size(), tookNanos.size()));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** What those of the numbers took, nanoseconds, the shortest first. */
    double[] nanos(long first, long last) {
        return tookNanos.entrySet().stream()
                .filter(one -> first <= one.getKey() && one.getKey() <= last)
                .mapToDouble(Map.Entry::getValue)
                .sorted()
                .toArray();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
