package freshet.jobs.recovery;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.utils.Utils;

/**
 * Makes a job fail by an exception without a change to the job: a producer's partitioner that
 * throws once, at the n-th record that this process sends, and otherwise does what Kafka's does.
 */
public final class ThrowingPartitioner implements Partitioner {

    /** Client option: number of the record at which to throw. */
    static final String AT = "freshet.throw-at";

    /** What the process says on standard error when it throws. */
    static final String SAYS = "injected failure";

    /** Shared by all producers and all attempts of the job in this process. */
    private static final AtomicLong SENT = new AtomicLong();

    private long at;

    @Override
    public void configure(Map<String, ?> options) {
        at = Long.parseLong(String.valueOf(options.get(AT)));
    }

    @Override
    public int partition(
            String topic,
            Object key,
            byte[] keyBytes,
            Object value,
            byte[] valueBytes,
            Cluster cluster) {
        if (SENT.incrementAndGet() == at) {
            System.err.println(SAYS + " at record " + at + ", to " + topic);
            throw new IllegalStateException(SAYS);
        }
        int partitions = cluster.partitionsForTopic(topic).size();
        return keyBytes == null ? 0 : Utils.toPositive(Utils.murmur2(keyBytes)) % partitions;
    }

    @Override
    public void close() {}
}
