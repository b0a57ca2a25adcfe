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

    /** Seen by all attempts of a run; they share this process. */
    private static final Map<String, AtomicInteger> SEEN = new ConcurrentHashMap<>();

    private static final Map<String, Boolean> THROWN = new ConcurrentHashMap<>();

    private final String run;
    private final At at;
    private final int number;

    Fault(String run, At at, int number) {
        this.run = run;
        this.at = at;
        this.number = number;
    }

    /** How many barriers the run has seen. */
    static int barriers(String run) {
        AtomicInteger seen = SEEN.get(run + At.BARRIER);
        return seen == null ? 0 : seen.get();
    }

    static boolean thrown(String run) {
        return THROWN.containsKey(run);
    }

    private void pass(At what) {
        int seen =
                SEEN.computeIfAbsent(run + what, unused -> new AtomicInteger()).incrementAndGet();
        if (at == what && seen == number && THROWN.put(run, true) == null) {
            throw new IllegalStateException("injected at %s %d".formatted(what, number));
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
