package freshet.operators;

import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.RuleSet;
import freshet.learners.stability.rules.RuleSource;
import freshet.learners.stability.rules.Watch;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import java.util.List;
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
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Judges telemetry by the rules: one {@link Watch} a model. Keyed by the model's name, at
 * parallelism 1; records with a problem go to the dead letters.
 *
 * <p>State: each model's watch (bounded by its rules and places), at most {@value #MAX_MODELS}
 * models, and a timer or two a model for silence.
 */
public final class WatchFunction extends KeyedProcessFunction<String, TelemetryRecord, AlertRecord>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1;
    private static final int MAX_MODELS = 1_000;

    private final RuleSource source;
    private final OutputTag<OutRecord> deadLetters;

    private transient RuleSet rules;
    private transient Map<String, Watched> models;
    private transient AvroCodec<Alert> codec;
    private transient ListState<byte[]> saved;
    private transient Counter points;
    private transient Counter alarms;
    private transient Counter modelsRefused;

    /** A watch and when Flink will wake it; the latter is not state, Flink keeps the timers. */
    private static final class Watched {
        final Watch watch;
        long streamTimer = Long.MAX_VALUE;
        long wallTimer = Long.MAX_VALUE;
        int partsHeard = -1;

        Watched(Watch watch) {
            this.watch = watch;
        }
    }

    public WatchFunction(RuleSource source, OutputTag<OutRecord> deadLetters) {
        this.source = source;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        rules = source.read();
        models = new TreeMap<>();
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "watches",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] bytes : saved.get()) {
            String model = Watch.modelOf(bytes);
            var watch = new Watch(rules, model);
            watch.restore(bytes);
            models.put(model, new Watched(watch));
        }
    }

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(Alert.class);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("watch");
        points = metrics.counter("points");
        alarms = metrics.counter("alarms");
        modelsRefused = metrics.counter("modelsRefused");
        metrics.gauge("lateReports", () -> sum(Watch::late));
        metrics.gauge("pointsRefused", () -> sum(Watch::refused));
        metrics.gauge("openIncidents", () -> sum(Watch::open));
    }

    private long sum(java.util.function.ToLongFunction<Watch> what) {
        return models.values().stream().mapToLong(one -> what.applyAsLong(one.watch)).sum();
    }

    @Override
    public void processElement(
            TelemetryRecord record, Context context, Collector<AlertRecord> out) {
        if (!record.isValid()) {
            context.output(deadLetters, DeadLetterRecords.of(record));
            return;
        }
        Watched watched = models.get(record.modelName);
        if (watched == null) {
            if (models.size() == MAX_MODELS) {
                modelsRefused.inc();
                return;
            }
            watched = new Watched(new Watch(rules, record.modelName));
            models.put(record.modelName, watched);
        }
        points.inc(record.names.length);
        TimerService timers = context.timerService();
        watched.watch.at(timers.currentWatermark(), timers.currentProcessingTime());
        List<Alarm> raised = watched.watch.add(record.report());
        emit(raised, out);
        // What has spoken again may fall silent again.
        if (!raised.isEmpty() || watched.partsHeard != watched.watch.partsHeard()) {
            watched.partsHeard = watched.watch.partsHeard();
            schedule(watched, timers);
        }
    }

    /** Somebody may have fallen silent. */
    @Override
    public void onTimer(long time, OnTimerContext context, Collector<AlertRecord> out) {
        Watched watched = models.get(context.getCurrentKey());
        if (watched == null) {
            return;
        }
        TimerService timers = context.timerService();
        watched.watch.at(timers.currentWatermark(), timers.currentProcessingTime());
        emit(watched.watch.silent(), out);
        watched.streamTimer = forget(watched.streamTimer, timers.currentWatermark());
        watched.wallTimer = forget(watched.wallTimer, timers.currentProcessingTime());
        schedule(watched, timers);
    }

    private static long forget(long timer, long now) {
        return timer <= now ? Long.MAX_VALUE : timer;
    }

    /** Timers are only ever set anew when one has come, or another part is there: they are dear. */
    private static void schedule(Watched watched, TimerService timers) {
        long stream = watched.watch.nextStreamDeadline();
        // Nothing is late when the stream has ended, nor may a timer set itself again and again.
        if (stream < watched.streamTimer && stream > timers.currentWatermark()) {
            timers.registerEventTimeTimer(stream);
            watched.streamTimer = stream;
        }
        long wall = watched.watch.nextWallDeadline();
        if (wall < watched.wallTimer) {
            timers.registerProcessingTimeTimer(wall);
            watched.wallTimer = wall;
        }
    }

    private void emit(List<Alarm> raised, Collector<AlertRecord> out) {
        for (Alarm alarm : raised) {
            alarms.inc();
            out.collect(new AlertRecord(alarm, codec));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        for (Watched watched : models.values()) {
            saved.add(watched.watch.snapshot());
        }
    }
}
