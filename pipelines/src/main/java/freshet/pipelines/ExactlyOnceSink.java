package freshet.pipelines;

import freshet.operators.OutRecord;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.apache.flink.connector.kafka.util.AdminUtils;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.admin.Admin;

/**
 * Flink's sink of transactions, without the admin clients that it leaves behind. Its writers look
 * by one for open transactions when they begin, and the connector (5.0.0) never closes it: each
 * restart of a sink left a thread, and, where Kafka is away or takes no password, a client that
 * asks for it thousands of times a second, for as long as the process lives.
 *
 * <p>Here a writer closes it. One that fails while it begins cannot: so the same is looked for
 * first by a client of ours, which then fails in its place.
 */
final class ExactlyOnceSink
        implements Sink<OutRecord>,
                SupportsWriterState<OutRecord, KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable> {

    private static final long serialVersionUID = 1;

    private final KafkaSink<OutRecord> sink;
    private final Properties client;
    private final String topic;

    /**
     * @param client properties of any client of the same Kafka
     * @param topic to which the sink writes
     */
    ExactlyOnceSink(KafkaSink<OutRecord> sink, Properties client, String topic) {
        this.sink = sink;
        this.client = client;
        this.topic = topic;
    }

    private void lookForOpenTransactions() {
        try (Admin admin = Admin.create(client)) {
            AdminUtils.getOpenTransactionsForTopics(admin, List.of(topic));
        }
    }

    @Override
    public Writer createWriter(WriterInitContext context) throws IOException {
        lookForOpenTransactions();
        return new Writer(sink.createWriter(context));
    }

    @Override
    public Writer restoreWriter(WriterInitContext context, Collection<KafkaWriterState> states) {
        lookForOpenTransactions();
        return new Writer(sink.restoreWriter(context, states));
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
        return sink.createCommitter(context);
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committed) {
        sink.addPostCommitTopology(committed);
    }

    private static final class Writer
            implements StatefulSinkWriter<OutRecord, KafkaWriterState>,
                    CommittingSinkWriter<OutRecord, KafkaCommittable> {

        private final PrecommittingStatefulSinkWriter<OutRecord, KafkaWriterState, KafkaCommittable>
                writer;

        Writer(
                PrecommittingStatefulSinkWriter<OutRecord, KafkaWriterState, KafkaCommittable>
                        writer) {
            this.writer = writer;
        }

        @Override
        public void write(OutRecord record, Context context)
                throws IOException, InterruptedException {
            writer.write(record, context);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            writer.flush(endOfInput);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            writer.writeWatermark(watermark);
        }

        @Override
        public List<KafkaWriterState> snapshotState(long checkpoint) throws IOException {
            return writer.snapshotState(checkpoint);
        }

        @Override
        public Collection<KafkaCommittable> prepareCommit()
                throws IOException, InterruptedException {
            return writer.prepareCommit();
        }

        @Override
        public void close() throws Exception {
            IOUtils.closeAll(writer, admin());
        }

        /** Null if it never looked. */
        private AutoCloseable admin() throws ReflectiveOperationException {
            Field admin = writer.getClass().getDeclaredField("adminClient");
            admin.setAccessible(true);
            return (AutoCloseable) admin.get(writer);
        }
    }
}
