package freshet.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Puts valid records into the order (event time, source, sequence) behind the watermark; the rest
 * goes to the dead letters. Run at parallelism 1, keyed by a constant. A command comes before all
 * records of its effective time, or at once if that is over.
 *
 * <p>A record is late by its own partition: its event time against the newest seen there, less the
 * allowed disorder. The combined watermark is never behind that, so a record that is not late
 * always finds its place, and whether it is late does not depend on how partitions interleave.
 *
 * <p>When nothing at all has come for the idle timeout, everything that waits goes on: otherwise
 * the last texts of a stream that pauses would never be learned. This is the one place where time
 * on the wall can change what is learned, as a record that comes out of order after such a pause
 * finds its successors already gone. Evaluation has no idle timeout; {@code idleTimeouts} counts
 * those that let something through.
 *
 * <p>State: the newest event time of each partition (as many as the topic has), and the records
 * between the slowest partition's watermark and the newest record: bounded by the allowed disorder
 * and by the source's watermark alignment, which pauses partitions that run ahead.
 */
public final class OrderFunction<R extends InRecord> extends KeyedProcessFunction<Integer, R, R> {

    /** Equal keys are repeats; the bytes make even their order independent of arrival. */
    static final Comparator<InRecord> WITHIN_ONE_TIME =
            Comparator.<InRecord, String>comparing(record -> record.source)
                    .thenComparingLong(record -> record.sequence)
                    .thenComparing(InRecord::content, Arrays::compare)
                    .thenComparing(record -> record.learn);

    private final Class<R> type;
    private final long allowedDisorderMillis;
    private final long idleTimeoutMillis;
    private final OutputTag<OutRecord> deadLetters;

    private transient MapState<String, Long> newestByPartition;
    private transient MapState<Long, List<R>> waiting;
    private transient Counter lateRecords;
    private transient Counter idleTimeouts;
    private transient long lastWorkMillis; // not state: a restart is no pause of the stream
    private transient boolean watchesForPause;

    /**
     * @param idleTimeoutMillis how long nothing may come before all that waits goes on; 0: for ever
     */
    public OrderFunction(
            Class<R> type,
            long allowedDisorderMillis,
            long idleTimeoutMillis,
            OutputTag<OutRecord> deadLetters) {
        this.type = type;
        this.allowedDisorderMillis = allowedDisorderMillis;
        this.idleTimeoutMillis = idleTimeoutMillis;
        this.deadLetters = deadLetters;
    }

    @Override
    public void open(OpenContext context) {
        newestByPartition =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "newest-by-partition", Types.STRING, Types.LONG));
        waiting =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "waiting", Types.LONG, Types.LIST(Types.POJO(type))));
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("order");
        lateRecords = metrics.counter("lateRecords");
        idleTimeouts = metrics.counter("idleTimeouts");
    }

    @Override
    public void processElement(R record, Context context, Collector<R> out) throws Exception {
        put(record, context, out);
        lastWorkMillis = context.timerService().currentProcessingTime();
        if (idleTimeoutMillis > 0 && !watchesForPause) {
            watchesForPause = true;
            context.timerService().registerProcessingTimeTimer(lastWorkMillis + idleTimeoutMillis);
        }
    }

    private void put(R record, Context context, Collector<R> out) throws Exception {
        if (!record.isValid()) {
            context.output(deadLetters, DeadLetterRecords.of(record));
            return;
        }
        if (record.isCommand()
                && record.eventTimeMillis
                        <= Math.max(0, context.timerService().currentWatermark())) {
            out.collect(record); // at once: its time is over, or it has none
            return;
        }
        if (!record.isCommand() && record.mayBeLate() && isLate(record, context)) {
            return;
        }
        List<R> sameTime = waiting.get(record.eventTimeMillis);
        if (sameTime == null) {
            sameTime = new ArrayList<>();
            context.timerService().registerEventTimeTimer(record.eventTimeMillis);
        }
        sameTime.add(record);
        waiting.put(record.eventTimeMillis, sameTime);
    }

    private boolean isLate(R record, Context context) throws Exception {
        String partition = record.topic + "-" + record.partition;
        Long newest = newestByPartition.get(partition);
        if (newest != null && record.eventTimeMillis < newest - allowedDisorderMillis) {
            lateRecords.inc();
            String detail =
                    "event time %d, newest of %s is %d, allowed disorder %d ms"
                            .formatted(
                                    record.eventTimeMillis,
                                    partition,
                                    newest,
                                    allowedDisorderMillis);
            context.output(
                    deadLetters, DeadLetterRecords.of(record, DeadLetterReason.LATE, detail));
            return true;
        }
        if (newest == null || record.eventTimeMillis > newest) {
            newestByPartition.put(partition, record.eventTimeMillis);
        }
        return false;
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<R> out) throws Exception {
        if (context.timeDomain() == TimeDomain.EVENT_TIME) {
            release(time, out);
            lastWorkMillis = context.timerService().currentProcessingTime();
            return;
        }
        long now = context.timerService().currentProcessingTime();
        if (lastWorkMillis == 0) {
            lastWorkMillis = now; // restarted, nothing has come yet
        }
        long pausedAt = lastWorkMillis + idleTimeoutMillis;
        watchesForPause = now < pausedAt;
        if (watchesForPause) {
            context.timerService().registerProcessingTimeTimer(pausedAt);
        } else if (!waiting.isEmpty()) {
            idleTimeouts.inc();
            releaseAll(out);
        }
    }

    private void releaseAll(Collector<R> out) throws Exception {
        List<Long> times = new ArrayList<>();
        waiting.keys().forEach(times::add);
        Collections.sort(times);
        for (long eventTimeMillis : times) {
            release(eventTimeMillis, out);
        }
    }

    private void release(long eventTimeMillis, Collector<R> out) throws Exception {
        List<R> sameTime = waiting.get(eventTimeMillis);
        if (sameTime == null) {
            return; // went on in a pause
        }
        waiting.remove(eventTimeMillis);
        List<R> ready = new ArrayList<>(sameTime);
        ready.sort(WITHIN_ONE_TIME);
        ready.forEach(out::collect);
    }
}
