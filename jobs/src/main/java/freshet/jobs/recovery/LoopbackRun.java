package freshet.jobs.recovery;

import freshet.operators.ModelRecord;
import freshet.operators.ModelRecordDecoder;
import freshet.operators.OutRecord;
import freshet.pipelines.Learned;
import freshet.pipelines.Predicted;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelManifest;
import freshet.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * One run of a whole pipeline in this process, without Kafka: records come from memory, models go
 * straight from the learn branch to the predict branch, and what comes out is kept.
 *
 * <p>A record that is written again after a failure must be the same record, but for what live mode
 * does not promise: a second version of a key with other bytes fails the run.
 */
final class LoopbackRun {

    /** Outputs of runs by run, stream and key; attempts of a run share this process. */
    private static final Map<String, Map<String, byte[]>> KEPT = new ConcurrentHashMap<>();

    private static final Map<String, Map<String, Long>> AFTER_CHECKPOINT =
            new ConcurrentHashMap<>();

    private static final Map<String, String> DIFFERING = new ConcurrentHashMap<>();

    /** What becomes of records that were written after the checkpoint that a run goes back to. */
    private enum Rewritten {
        /** They are written again, byte for byte. */
        THE_SAME,
        /** Others may come: a sink with transactions has taken the first back. */
        TAKEN_BACK,
        /** Others may come, and both are there. */
        ANEW
    }

    private LoopbackRun() {}

    /**
     * All that a run wrote, by key.
     *
     * @param models the last manifest holds the learner's hash, moments and counters included
     */
    record Result(
            SortedMap<String, byte[]> models,
            SortedMap<String, byte[]> predictions,
            SortedMap<String, byte[]> telemetry,
            SortedMap<String, byte[]> deadLetters,
            int barriers,
            boolean failed) {

        /**
         * Names the first difference to {@code other}, or returns null.
         *
         * @param evaluation or else live, where a text may be answered by any version that is there
         */
        String differenceTo(Result other, boolean evaluation) {
            String difference = difference("models", models, other.models);
            if (difference == null && evaluation) {
                difference = difference("predictions", predictions, other.predictions);
            }
            if (difference == null && !predictions.keySet().equals(other.predictions.keySet())) {
                difference = "predictions of other texts";
            }
            if (difference == null) {
                difference =
                        evaluation
                                ? difference("telemetry", telemetry, other.telemetry)
                                : difference(
                                        "telemetry",
                                        learners(telemetry),
                                        learners(other.telemetry));
            }
            return difference != null
                    ? difference
                    : difference("dead letters", deadLetters, other.deadLetters);
        }

        private static SortedMap<String, byte[]> learners(SortedMap<String, byte[]> telemetry) {
            var learners = new TreeMap<>(telemetry);
            learners.keySet().removeIf(key -> !isLearners(key));
            return learners;
        }

        private static String difference(
                String stream, SortedMap<String, byte[]> left, SortedMap<String, byte[]> right) {
            if (!left.keySet().equals(right.keySet())) {
                return "%s: %d keys against %d".formatted(stream, left.size(), right.size());
            }
            for (String key : left.keySet()) {
                if (!Arrays.equals(left.get(key), right.get(key))) {
                    return "%s: %s differs%n  %s%n  %s"
                            .formatted(
                                    stream, key, readable(left.get(key)), readable(right.get(key)));
                }
            }
            return null;
        }
    }

    /** Telemetry of the learner, not of memory, whose keys depend on which version answered. */
    static boolean isLearners(String telemetryKey) {
        return Stream.of("/learner/", "/updates/", "/learner:", "/updates:", "/publication/")
                .anyMatch(telemetryKey::contains);
    }

    /** A manifest in words, or the number of bytes. */
    private static String readable(byte[] value) {
        AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
        if (!manifests.recognises(value)) {
            return value.length + " bytes";
        }
        try {
            return manifests.decode(value).toString();
        } catch (UndecodableRecordException e) {
            return e.getMessage();
        }
    }

    static Result run(String run, LoopedPipeline pipeline, Fault.Plan fault) throws Exception {
        Configuration config = new Configuration();
        config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(10));
        config.set(CheckpointingOptions.CHECKPOINT_STORAGE, CheckpointsInMemory.class.getName());
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
        config.set(PipelineOptions.GENERIC_TYPES, false);
        config.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(5));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(
                        pipeline.settings().predictParallelism(), config);

        DataStream<Long> numbers =
                env.fromSource(
                                new DataGeneratorSource<>(
                                        number -> number,
                                        pipeline.records(),
                                        RateLimiterStrategy.perCheckpoint(
                                                pipeline.recordsACheckpoint()),
                                        Types.LONG),
                                WatermarkStrategy.noWatermarks(),
                                "numbers")
                        .setParallelism(1)
                        .process(new Fault<>(run, Fault.Place.SOURCE, fault))
                        .returns(Types.LONG)
                        .setParallelism(1);
        LoopedPipeline.Built built =
                pipeline.build(
                        numbers,
                        models ->
                                models.process(new Loopback(), Types.POJO(ModelRecord.class))
                                        .setParallelism(1));
        Learned learned = built.learned();
        Predicted predicted = built.predicted();
        boolean evaluation = pipeline.settings().serving().evaluation();
        Rewritten learners =
                pipeline.decidesOnArrival() ? Rewritten.TAKEN_BACK : Rewritten.THE_SAME;
        Rewritten predictors = evaluation ? learners : Rewritten.ANEW;
        keep(learned.models(), run, "models", learners);
        keep(learned.telemetry(), run, "learnTelemetry", learners);
        keep(predicted.telemetry(), run, "predictTelemetry", predictors);
        keep(learned.deadLetters(), run, "learnDeadLetters", learners);
        keep(predicted.deadLetters(), run, "predictDeadLetters", learners);
        keep(inTheAnsweringTask(predicted, pipeline, run, fault), run, "predictions", predictors);
        env.execute(run);
        if (DIFFERING.containsKey(run)) {
            throw new IllegalStateException(DIFFERING.get(run));
        }
        return new Result(
                take(run, "models"),
                take(run, "predictions"),
                both(take(run, "learnTelemetry"), take(run, "predictTelemetry")),
                both(take(run, "learnDeadLetters"), take(run, "predictDeadLetters")),
                Fault.barriers(run),
                Fault.thrown(run));
    }

    /** What throws at one of the answers, chained to the operator that gives them. */
    private static DataStream<OutRecord> inTheAnsweringTask(
            Predicted predicted, LoopedPipeline pipeline, String run, Fault.Plan fault) {
        return predicted
                .predictions()
                .process(new Fault<>(run, Fault.Place.ANSWERS, fault))
                .returns(Types.POJO(OutRecord.class))
                .setParallelism(pipeline.settings().predictParallelism());
    }

    private static void keep(
            DataStream<OutRecord> stream, String run, String name, Rewritten rewritten) {
        stream.process(new Keep(run, name, rewritten), Types.VOID)
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
    }

    private static SortedMap<String, byte[]> both(
            SortedMap<String, byte[]> learn, SortedMap<String, byte[]> predict) {
        var both = new TreeMap<>(learn);
        both.putAll(predict);
        return both;
    }

    private static SortedMap<String, byte[]> take(String run, String name) {
        Map<String, byte[]> kept = KEPT.remove(run + "/" + name);
        AFTER_CHECKPOINT.remove(run + "/" + name);
        return kept == null ? new TreeMap<>() : new TreeMap<>(kept);
    }

    /** What the models topic would do. */
    private static final class Loopback extends ProcessFunction<OutRecord, ModelRecord> {
        private final ModelRecordDecoder decoder = new ModelRecordDecoder(Long.MAX_VALUE);

        @Override
        public void processElement(OutRecord record, Context context, Collector<ModelRecord> out) {
            out.collect(decoder.decode("models", 0, 0, 0, record.key, record.value));
        }
    }

    /** Keeps what is written. */
    private static final class Keep extends ProcessFunction<OutRecord, Void>
            implements CheckpointedFunction {
        private final String run;
        private final String stream;
        private final Rewritten rewritten;
        private transient Map<String, byte[]> kept;
        private transient Map<String, Long> afterCheckpoint; // key → the newest when it was written
        private transient ListState<Long> checkpoint;
        private transient long newestCheckpoint;

        Keep(String run, String stream, Rewritten rewritten) {
            this.run = run;
            this.stream = stream;
            this.rewritten = rewritten;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            kept = KEPT.computeIfAbsent(run + "/" + stream, unused -> new ConcurrentHashMap<>());
            afterCheckpoint =
                    AFTER_CHECKPOINT.computeIfAbsent(
                            run + "/" + stream, unused -> new ConcurrentHashMap<>());
            // A task without any state would not be told which checkpoint it goes back to.
            checkpoint =
                    context.getOperatorStateStore()
                            .getListState(new ListStateDescriptor<>("checkpoint", Types.LONG));
            newestCheckpoint = context.getRestoredCheckpointId().orElse(0);
            if (rewritten == Rewritten.TAKEN_BACK) {
                afterCheckpoint.values().removeIf(checkpoint -> checkpoint >= newestCheckpoint);
                kept.keySet().retainAll(afterCheckpoint.keySet());
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            newestCheckpoint = context.getCheckpointId();
            checkpoint.update(List.of(newestCheckpoint));
        }

        @Override
        public void processElement(OutRecord record, Context context, Collector<Void> out) {
            String key = record.key == null ? "" : new String(record.key, StandardCharsets.UTF_8);
            if (key.isEmpty() || stream.endsWith("DeadLetters")) { // many of one source
                key += "-" + Arrays.hashCode(record.value) + "-" + record.value.length;
            }
            byte[] before = kept.put(key, record.value);
            afterCheckpoint.put(key, newestCheckpoint);
            boolean lastManifest = stream.equals("models") && key.endsWith("/manifest");
            if (rewritten != Rewritten.ANEW
                    && before != null
                    && !lastManifest
                    && !Arrays.equals(before, record.value)) {
                DIFFERING.put(run, stream + ": " + key + " was written again with other bytes");
            }
        }
    }
}
