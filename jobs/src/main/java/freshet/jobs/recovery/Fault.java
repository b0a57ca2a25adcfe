package freshet.jobs.recovery;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Passes records on and throws once: at the n-th record or the n-th barrier that this run sees.
 *
 * @param <T> what passes
 */
final class Fault<T> extends ProcessFunction<T, T> implements CheckpointedFunction {

    /** Where to fail. */
    enum At {
        NOWHERE,
        RECORD,
        BARRIER
    }

    /** Which task is to fail. */
    enum Place {
        /** The one behind the source; what it reads goes to all branches. */
        SOURCE,
        /** The one that answers, with its answer chosen but not yet given. */
        ANSWERS
    }

    /**
     * One failure.
     *
     * @param number of the record or barrier at that place, from 1
     */
    record Plan(Place place, At at, int number) {
        static final Plan NONE = new Plan(Place.SOURCE, At.NOWHERE, 0);
    }

    /** Seen by all attempts of a run; they share this process. */
    private static final Map<String, AtomicInteger> SEEN = new ConcurrentHashMap<>();

    private static final Map<String, Boolean> THROWN = new ConcurrentHashMap<>();

    private final String run;
    private final Place place;
    private final At at;
    private final int number;

    /**
     * @param place where this one is; it throws only if the plan says so
     */
    Fault(String run, Place place, Plan plan) {
        this.run = run;
        this.place = place;
        at = plan.place == place ? plan.at : At.NOWHERE;
        number = plan.number;
    }

    /** How many barriers the run has seen at its source. */
    static int barriers(String run) {
        AtomicInteger seen = SEEN.get(run + Place.SOURCE + At.BARRIER);
        return seen == null ? 0 : seen.get();
    }

    static boolean thrown(String run) {
        return THROWN.containsKey(run);
    }

    private void pass(At what) {
        int seen =
                SEEN.computeIfAbsent(run + place + what, unused -> new AtomicInteger())
                        .incrementAndGet();
        if (at == what && seen == number && THROWN.put(run, true) == null) {
            throw new IllegalStateException(
                    "injected at %s %d of %s".formatted(what, number, place));
        }
    }

    @Override
    public void processElement(T element, Context context, Collector<T> out) {
        pass(At.RECORD);
        out.collect(element);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        pass(At.BARRIER);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}
}
