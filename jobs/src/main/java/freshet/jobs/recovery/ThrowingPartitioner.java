package freshet.jobs.recovery;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.utils.Utils;

/**
 * Makes a job fail by an exception without a change to the job: a producer's partitioner that
 * throws once, at the n-th record that this process sends, to whatever topic or to one of them, and
 * otherwise does what Kafka's does.
 */
public final class ThrowingPartitioner implements Partitioner {

    /** Client option: number of the record at which to throw. */
    static final String AT = "freshet.throw-at";

    /** Client option: the topic of which records are counted; without it those of all are. */
    static final String TO = "freshet.throw-to";

    private static final String ALL = "";

    /** What the process says on standard error when it throws. */
    static final String SAYS = "injected failure";

    /** Shared by all producers and all attempts of the job in this process. */
    private static final Map<String, AtomicLong> SENT = new ConcurrentHashMap<>();

    private static final Map<String, String> THREW = new ConcurrentHashMap<>();

    private long at;
    private String to;

    /** Name of the task that failed because of records to this topic; null if none did. */
    static String failedTask(String topic) {
        return THREW.get(topic);
    }

    @Override
    public void configure(Map<String, ?> options) {
        at = Long.parseLong(String.valueOf(options.get(AT)));
        to = options.containsKey(TO) ? String.valueOf(options.get(TO)) : ALL;
    }

    @Override
    public int partition(
            String topic,
            Object key,
            byte[] keyBytes,
            Object value,
            byte[] valueBytes,
            Cluster cluster) {
        if ((to.equals(ALL) || to.equals(topic))
                && SENT.computeIfAbsent(to, unused -> new AtomicLong()).incrementAndGet() == at) {
            System.err.println(SAYS + " at record " + at + ", to " + topic);
            THREW.put(topic, Thread.currentThread().getName()); // Flink calls it by its task
            throw new IllegalStateException(SAYS);
        }
        int partitions = cluster.partitionsForTopic(topic).size();
        return keyBytes == null ? 0 : Utils.toPositive(Utils.murmur2(keyBytes)) % partitions;
    }

    @Override
    public void close() {}
}
