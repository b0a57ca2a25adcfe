package freshet.pipelines;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A bounded Kafka source that also ends after it was restored. Kafka's own waits for ever then: its
 * enumerator tells readers that nothing will follow only when it has found new partitions
 * (FLINK-31006, still so in connector 5.0.0). A restored source looks for none: what was to be read
 * was fixed when it first started.
 */
final class EndingKafkaSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T> {
    private static final long serialVersionUID = 1;

    private final KafkaSource<T> source;

    EndingKafkaSource(KafkaSource<T> source) {
        this.source = source;
    }

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
            throws Exception {
        return source.createReader(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return source.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
            throws IOException {
        var enumerator = source.restoreEnumerator(context, state);
        return state.initialDiscoveryFinished()
                ? new Restored(enumerator, context, List.copyOf(state.unassignedSplits()))
                : enumerator;
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return source.getProducedType();
    }

    /** Gives out what was not yet given out, and says that nothing follows. */
    private static final class Restored
            implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

        private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;
        private final SplitEnumeratorContext<KafkaPartitionSplit> context;
        private final List<KafkaPartitionSplit> unassigned;

        Restored(
                SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator,
                SplitEnumeratorContext<KafkaPartitionSplit> context,
                List<KafkaPartitionSplit> unassigned) {
            this.enumerator = enumerator;
            this.context = context;
            this.unassigned = unassigned;
        }

        /** Instead of the enumerator's, which would look for partitions. */
        @Override
        public void start() {
            if (!unassigned.isEmpty()) {
                enumerator.addSplitsBack(unassigned, 0); // of no reader: none has registered
            }
        }

        @Override
        public void addReader(int subtask) {
            enumerator.addReader(subtask);
            context.signalNoMoreSplits(subtask);
        }

        @Override
        public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
            enumerator.addSplitsBack(splits, subtask);
            if (context.registeredReaders().containsKey(subtask)) {
                context.signalNoMoreSplits(subtask);
            }
        }

        @Override
        public void handleSplitRequest(int subtask, String requesterHost) {
            enumerator.handleSplitRequest(subtask, requesterHost);
        }

        @Override
        public void handleSourceEvent(int subtask, SourceEvent event) {
            enumerator.handleSourceEvent(subtask, event);
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) throws Exception {
            enumerator.notifyCheckpointComplete(checkpoint);
        }

        @Override
        public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
            return enumerator.snapshotState(checkpoint);
        }

        @Override
        public void close() throws IOException {
            enumerator.close();
        }
    }
}
