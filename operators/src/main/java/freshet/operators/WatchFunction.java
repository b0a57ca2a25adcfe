package freshet.operators;

import freshet.learners.SavedState;
import freshet.learners.stability.remedies.Policy;
import freshet.learners.stability.remedies.PolicySource;
import freshet.learners.stability.remedies.Prescription;
import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.RuleSet;
import freshet.learners.stability.rules.RuleSource;
import freshet.learners.stability.rules.Watch;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import java.nio.charset.StandardCharsets;
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
 * Judges telemetry by the rules and treats what is found: one {@link Watch} and one {@link Policy}
 * a model. Keyed by the model's name, at parallelism 1; records with a problem go to the dead
 * letters.
 *
 * <p>State: each model's watch and policy (bounded by its rules and places), at most {@value
 * #MAX_MODELS} models, and a timer or two a model for silence.
 */
public final class WatchFunction extends KeyedProcessFunction<String, TelemetryRecord, AlertRecord>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1;
    private static final int MAX_MODELS = 1_000;

    private static final int FORMAT_VERSION = 1;
    private static final String LEARNER = "learner";

    private final RuleSource source;
    private final PolicySource remedies;
    private final OutputTag<OutRecord> commands;
    private final OutputTag<OutRecord> deadLetters;

    private transient RuleSet rules;
    private transient Policy.Plan plan;
    private transient Map<String, Watched> models;
    private transient AvroCodec<Alert> codec;
    private transient AvroCodec<ControlCommand> commandCodec;
    private transient ListState<byte[]> saved;
    private transient Counter points;
    private transient Counter alarms;
    private transient Counter orders;
    private transient Counter modelsRefused;

    /** A watch and when Flink will wake it; the latter is not state, Flink keeps the timers. */
    private static final class Watched {
        final Watch watch;
        final Policy policy;
        long streamTimer = Long.MAX_VALUE;
        long wallTimer = Long.MAX_VALUE;
        int partsHeard = -1;

        Watched(RuleSet rules, Policy.Plan plan, String model) {
            watch = new Watch(rules, model);
            policy = new Policy(plan, model);
        }
    }

    /**
     * @param commands where the orders of the remedies go
     */
    public WatchFunction(
            RuleSource source,
            PolicySource remedies,
            OutputTag<OutRecord> commands,
            OutputTag<OutRecord> deadLetters) {
        this.source = source;
        this.remedies = remedies;
        this.commands = commands;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        rules = source.read();
        plan = remedies.read(rules.names(), LearnerActions.ARGUMENTS);
        models = new TreeMap<>();
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "watches",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        for (byte[] bytes : saved.get()) {
            restore(bytes);
        }
    }

    private void restore(byte[] bytes) {
        SavedState.read(
                "watched model",
                FORMAT_VERSION,
                bytes,
                in -> {
                    byte[] watch = SavedState.readBlock(in);
                    byte[] policy = SavedState.readBlock(in);
                    String model = Watch.modelOf(watch);
                    var watched = new Watched(rules, plan, model);
                    watched.watch.restore(watch);
                    watched.policy.restore(policy);
                    models.put(model, watched);
                });
    }

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(Alert.class);
        commandCodec = AvroCodec.of(ControlCommand.class);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("watch");
        points = metrics.counter("points");
        alarms = metrics.counter("alarms");
        orders = metrics.counter("orders");
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
            watched = new Watched(rules, plan, record.modelName);
            models.put(record.modelName, watched);
        }
        points.inc(record.names.length);
        TimerService timers = context.timerService();
        watched.watch.at(timers.currentWatermark(), timers.currentProcessingTime());
        List<Alarm> raised = watched.watch.add(record.report());
        emit(raised, out);
        watched.policy.note(raised);
        if (record.part.equals(LEARNER)) {
            treat(watched, record, context);
        }
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
        List<Alarm> raised = watched.watch.silent();
        emit(raised, out);
        watched.policy.note(raised);
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

    private void treat(Watched watched, TelemetryRecord record, Context context) {
        for (Prescription one : watched.policy.at(record.sequence, record.eventTimeMillis)) {
            orders.inc();
            var command =
                    new ControlCommand(
                            one.id(),
                            record.modelName,
                            one.order().action(),
                            one.order().arguments(),
                            one.eventTimeMillis(),
                            one.issuedBy(),
                            one.proposed());
            byte[] key = one.id().getBytes(StandardCharsets.UTF_8);
            context.output(commands, new OutRecord(key, commandCodec.encode(command)));
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
            byte[] watch = watched.watch.snapshot();
            byte[] policy = watched.policy.snapshot();
            saved.add(
                    SavedState.write(
                            FORMAT_VERSION,
                            out -> {
                                SavedState.writeBlock(out, watch);
                                SavedState.writeBlock(out, policy);
                            }));
        }
    }
}
