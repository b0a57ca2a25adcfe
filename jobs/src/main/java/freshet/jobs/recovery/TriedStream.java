package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.pipelines.TrialOptions;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Another stream with new versions tried on half of the keys, each decided after a few pairs. */
record TriedStream(RealStream stream) implements RealStream {

    @Override
    public Map<String, String> settings(String name) {
        Map<String, String> settings = new TreeMap<>(stream.settings(name));
        settings.put(TrialOptions.SHARE.key(), "0.5");
        settings.put(TrialOptions.LEAST.key(), "2");
        settings.put(TrialOptions.MOST.key(), "6");
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
}
