package freshet.jobs.demo;

import freshet.jobs.KafkaAccess;
import freshet.schemas.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads topics of ours from their beginning, beside the demo, as their records come. */
public final class RecordReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    /** For so long it waits for records that are known to be there. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** What is done with a record. */
    @FunctionalInterface
    public interface Taker {
        void take(ConsumerRecord<byte[], byte[]> record) throws UndecodableRecordException;
    }

    private final KafkaAccess kafka;
    private final Map<String, Taker> takers;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final BackgroundWork work = new BackgroundWork("read what came out", this::read);

    /**
     * @param takers by topic
     */
    public RecordReader(KafkaAccess kafka, Map<String, Taker> takers) {
        this.kafka = kafka;
        this.takers = Map.copyOf(takers);
    }

    /** Starts, and waits until what is there already has been read. */
    public void start() throws InterruptedException {
        work.start();
        while (!caughtUp.await(POLL.toMillis(), TimeUnit.MILLISECONDS) && failure() == null) {}
    }

    /** What ended it before its time; null if nothing did. */
    public RuntimeException failure() {
        return work.failure();
    }

    private void read() {
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : new TreeSet<>(takers.keySet())) {
                partitions.addAll(kafka.partitions(topic));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            readTo(consumer.endOffsets(partitions), consumer);
            caughtUp.countDown();
            while (!work.isStopped()) {
                poll(consumer);
            }
            readTo(consumer.endOffsets(partitions), consumer); // what the job wrote last
        }
    }

    private void readTo(Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> consumer) {
        long newestNanos = System.nanoTime();
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (poll(consumer)) {
                newestNanos = System.nanoTime();
            } else if (System.nanoTime() - newestNanos > SILENCE.toNanos()) {
                throw new IllegalStateException(
                        "the broker gave nothing for %d s, though there is more"
                                .formatted(SILENCE.toSeconds()));
            }
        }
    }

    /** Whether there was anything. */
    private boolean poll(KafkaConsumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        records.forEach(this::take);
        return !records.isEmpty();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            takers.get(record.topic()).take(record);
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException(
                    "%s partition %d offset %d: %s"
                            .formatted(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    e.getMessage()),
                    e);
        }
    }

    /** Reads all that is there, then stops. */
    @Override
    public void close() {
        work.close();
    }
}
