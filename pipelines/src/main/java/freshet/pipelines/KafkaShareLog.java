package freshet.pipelines;

import freshet.learners.RoundShare;
import freshet.operators.ShareLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Shares in a topic of one partition, outside of transactions, cut into chunks; a place is an
 * offset. The key says of which deployment, model, attempt, round and worker a chunk is, and which
 * of how many.
 *
 * <p>Kept are the chunks of one round, at most one share of each worker, and what Kafka's client
 * has fetched. If the topic has lost what is still to be read, the job fails and goes on from its
 * checkpoint, after which all is sent anew.
 */
final class KafkaShareLog implements ShareLog {

    /** A round may be long, so this is only how often the client looks after its connections. */
    private static final Duration POLL = Duration.ofSeconds(1);

    private static final String FETCH_BYTES = String.valueOf(8 << 20);

    private final KafkaSettings settings;
    private final TopicPartition topic;
    private final String name;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;
    private boolean reads;
    private Iterator<ConsumerRecord<byte[], byte[]>> fetched = Collections.emptyIterator();

    KafkaShareLog(KafkaSettings settings, String modelName) {
        this.settings = settings;
        this.topic = new TopicPartition(settings.roundsTopic(), 0);
        this.name = settings.group() + "/" + modelName;
    }

    @Override
    public long end() {
        return consumer().endOffsets(List.of(topic)).get(topic);
    }

    @Override
    public List<RoundShare> exchange(long start, RoundShare own, int workers)
            throws InterruptedException {
        String prefix = "%s/%d/%d/".formatted(name, start, own.round());
        send(prefix + own.worker() + "/", own.toBytes());
        if (!reads) {
            reads = true;
            consumer().seek(topic, start);
        }
        Map<Integer, Chunks> parts = new TreeMap<>();
        Map<Integer, RoundShare> shares = new LinkedHashMap<>();
        while (shares.size() < workers) {
            ConsumerRecord<byte[], byte[]> record = next();
            String key = new String(record.key(), StandardCharsets.UTF_8);
            if (!key.startsWith(prefix)) {
                continue;
            }
            String[] place = key.substring(prefix.length()).split("/", -1);
            int worker = Integer.parseInt(place[0]);
            Chunks chunks = parts.computeIfAbsent(worker, unused -> new Chunks(place[2]));
            if (chunks.add(Integer.parseInt(place[1]), record.value())) {
                shares.putIfAbsent(worker, RoundShare.fromBytes(chunks.joined()));
            }
        }
        return List.copyOf(shares.values());
    }

    /** Returns when the brokers have all of it. */
    private void send(String key, byte[] share) throws InterruptedException {
        int size = FreshetOptions.CHUNK_BYTES;
        int chunks = (share.length + size - 1) / size;
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            byte[] chunk = new byte[Math.min(size, share.length - i * size)];
            System.arraycopy(share, i * size, chunk, 0, chunk.length);
            byte[] ofChunk = (key + i + "/" + chunks).getBytes(StandardCharsets.UTF_8);
            sent.add(
                    producer()
                            .send(
                                    new ProducerRecord<>(
                                            topic.topic(), topic.partition(), ofChunk, chunk)));
        }
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new FlinkRuntimeException(
                        "the share of a round cannot be written to topic " + topic.topic(), e);
            }
        }
    }

    private ConsumerRecord<byte[], byte[]> next() {
        while (!fetched.hasNext()) {
            fetched = consumer.poll(POLL).iterator();
        }
        return fetched.next();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = LogClients.producer(settings);
        }
        return producer;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer =
                    LogClients.consumer(
                            settings,
                            topic,
                            Map.of(
                                    "auto.offset.reset",
                                    "none",
                                    "max.partition.fetch.bytes",
                                    FETCH_BYTES));
        }
        return consumer;
    }

    @Override
    public void close() {
        try {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
        } finally { // also if the task was interrupted
            if (consumer != null) {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    /** Of one share. */
    private static final class Chunks {
        private final byte[][] chunks;
        private int there;

        Chunks(String count) {
            chunks = new byte[Integer.parseInt(count)][];
        }

        /** Takes one; true if it was the last that was missing. */
        boolean add(int index, byte[] chunk) {
            if (chunks[index] != null) {
                return false;
            }
            chunks[index] = chunk;
            return ++there == chunks.length;
        }

        byte[] joined() {
            int length = 0;
            for (byte[] chunk : chunks) {
                length += chunk.length;
            }
            ByteBuffer joined = ByteBuffer.allocate(length);
            for (byte[] chunk : chunks) {
                joined.put(chunk);
            }
            return joined.array();
        }
    }
}
