package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class EndingKafkaSourceTest {

    private static final KafkaPartitionSplit FIRST = split(0);
    private static final KafkaPartitionSplit SECOND = split(1);

    /** What the readers were told, in order. */
    private final List<String> told = new ArrayList<>();

    private static KafkaPartitionSplit split(int partition) {
        return new KafkaPartitionSplit(new TopicPartition("texts", partition), 3, 7);
    }

    /** Of one reader, which has registered. */
    @SuppressWarnings("unchecked")
    private SplitEnumeratorContext<KafkaPartitionSplit> context() {
        return (SplitEnumeratorContext<KafkaPartitionSplit>)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {SplitEnumeratorContext.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "currentParallelism" -> 1;
                                    case "registeredReaders" -> Map.of(0, new ReaderInfo(0, ""));
                                    case "assignSplits" ->
                                            told.add(
                                                    "read "
                                                            + ((SplitsAssignment<?>) arguments[0])
                                                                    .assignment());
                                    case "signalNoMoreSplits" ->
                                            told.add("no more for " + arguments[0]);
                                    default -> throw new AssertionError(method);
                                });
    }

    private void restore(List<KafkaPartitionSplit> unassigned) throws Exception {
        KafkaSource<String> source =
                KafkaSource.<String>builder()
                        .setBootstrapServers("nowhere:1")
                        .setGroupId("readers")
                        .setTopics("texts")
                        .setBounded(OffsetsInitializer.latest())
                        .setValueOnlyDeserializer(new SimpleStringSchema())
                        .build();
        var state = new KafkaSourceEnumState(List.of(FIRST), unassigned, true);
        try (var enumerator = new EndingKafkaSource<>(source).restoreEnumerator(context(), state)) {
            enumerator.start();
            enumerator.addReader(0);
        }
    }

    /** A reader that has its partitions from the checkpoint must still learn that these are all. */
    @Test
    void aRestoredReaderIsToldThatNothingFollows() throws Exception {
        restore(List.of());
        assertThat(told).containsExactly("no more for 0");
    }

    @Test
    void whatHadNoReaderAtTheCheckpointIsGivenOutFirst() throws Exception {
        restore(List.of(SECOND));
        assertThat(told).containsExactly("read " + Map.of(0, List.of(SECOND)), "no more for 0");
    }
}
