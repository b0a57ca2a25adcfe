package freshet.operators;

import freshet.learners.SavedState;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets valid records of so many models through, of each so many bytes a second; the rest goes to
 * the dead letters before it costs anybody anything. Run at parallelism 1: the number of models is
 * one for all.
 *
 * <p>The quota is a bucket that the log's timestamps fill, not the clock: what is let through of a
 * model follows from that model's own records, is the same after a recovery, and whoever sends too
 * much loses only its own excess.
 *
 * <p>State: the bucket of each model, bounded by their number.
 */
public final class AdmitModelsFunction<R extends InRecord> extends ProcessFunction<R, R>
        implements CheckpointedFunction {

    private static final int FORMAT_VERSION = 1;
    private static final double MILLIS = 1000;

    private static final class Bucket {
        double bytes;
        long filledMillis;
    }

    private final AdmissionConfig config;
    private final OutputTag<OutRecord> deadLetters;

    private transient Map<String, Bucket> buckets; // by model
    private transient ListState<byte[]> saved;
    private transient Counter overQuota;
    private transient Counter tooMany;

    public AdmitModelsFunction(AdmissionConfig config, OutputTag<OutRecord> deadLetters) {
        this.config = config;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        buckets = new TreeMap<>();
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "models-admitted",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] bytes : saved.get()) {
            restore(bytes);
        }
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics =
                getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("admission");
        metrics.gauge("models", () -> buckets.size());
        overQuota = metrics.counter("recordsOverQuota");
        tooMany = metrics.counter("recordsOfTooManyModels");
    }

    @Override
    public void processElement(R record, Context context, Collector<R> out) {
        if (!record.isValid()) {
            context.output(deadLetters, DeadLetterRecords.of(record));
            return;
        }
        String name = config.names().of(record.source);
        if (!config.names().isAllowed(name)) {
            String detail =
                    "source names model %s: a name is 1 to 64 letters, digits, _ or -"
                            .formatted(name);
            refuse(record, DeadLetterReason.INVALID, detail, context);
            return;
        }
        Bucket bucket = buckets.get(name);
        if (bucket == null) {
            if (buckets.size() == config.maxModels()) {
                tooMany.inc();
                String detail =
                        "model %s would be one more than many.max-models, %d"
                                .formatted(name, config.maxModels());
                refuse(record, DeadLetterReason.TOO_MANY_MODELS, detail, context);
                return;
            }
            bucket = new Bucket();
            bucket.bytes = config.burstBytes();
            bucket.filledMillis = record.appendTimeMillis;
            buckets.put(name, bucket);
        }
        if (config.bytesPerSecond() > 0 && !takes(bucket, record)) {
            overQuota.inc();
            String detail =
                    "model %s has used its %d bytes a second and %d at once"
                            .formatted(name, config.bytesPerSecond(), config.burstBytes());
            refuse(record, DeadLetterReason.OVER_QUOTA, detail, context);
            return;
        }
        out.collect(record);
    }

    private boolean takes(Bucket bucket, R record) {
        long passed = Math.max(0, record.appendTimeMillis - bucket.filledMillis);
        bucket.filledMillis += passed;
        bucket.bytes =
                Math.min(
                        config.burstBytes(),
                        bucket.bytes + passed / MILLIS * config.bytesPerSecond());
        int wanted = record.content().length;
        if (bucket.bytes < wanted) {
            return false;
        }
        bucket.bytes -= wanted;
        return true;
    }

    private void refuse(R record, DeadLetterReason reason, String detail, Context context) {
        context.output(deadLetters, DeadLetterRecords.of(record, reason, detail));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        saved.add(
                SavedState.write(
                        FORMAT_VERSION,
                        out -> {
                            out.writeInt(buckets.size());
                            for (var entry : buckets.entrySet()) {
                                out.writeUTF(entry.getKey());
                                out.writeDouble(entry.getValue().bytes);
                                out.writeLong(entry.getValue().filledMillis);
                            }
                        }));
    }

    private void restore(byte[] state) {
        SavedState.read(
                "models admitted",
                FORMAT_VERSION,
                state,
                in -> {
                    for (int i = in.readInt(); i > 0; i--) {
                        var bucket = new Bucket();
                        String name = in.readUTF();
                        bucket.bytes = in.readDouble();
                        bucket.filledMillis = in.readLong();
                        buckets.put(name, bucket);
                    }
                });
    }
}
