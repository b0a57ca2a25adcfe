package freshet.operators;

import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Live mode only: of versions that come close together the newest is passed on, the others are
 * superseded. Without it a busy predictor would be handed every version there ever was, in order: a
 * version is megabytes, crosses to the predictor in pieces between which texts are answered, and
 * where that takes longer than learning the next one, the served model grows older without end.
 *
 * <p>A version is held until none has followed for {@value #QUIET_MILLIS} ms, at the longest
 * {@value #LONGEST_HOLD_MILLIS} ms or as long as the last one took to be handed over: while a
 * backlog is there, as much time goes into reading it as into handing over. What was published
 * while a predictor was busy, or appears at once with a checkpoint's commit, so shrinks to its
 * newest.
 *
 * <p>The last version from before the freeze is never superseded by one from after it: it is the
 * frozen copy.
 *
 * <p>An operator and not a function, for the timer without a key. State: none, as what is held goes
 * on before a checkpoint's barrier does. Run at parallelism 1.
 */
public final class NewestVersionOperator extends AbstractStreamOperator<ModelVersion>
        implements OneInputStreamOperator<ModelVersion, ModelVersion>, BoundedOneInput {

    private static final long serialVersionUID = 1;

    /** Above the time that reading one version from a backlog takes on a busy core. */
    static final long QUIET_MILLIS = 50;

    static final long LONGEST_HOLD_MILLIS = 200;

    private final ServingConfig serving;

    private transient ModelVersion held;
    private transient long heldSinceMillis;
    private transient long lastCameMillis;
    private transient long handOverMillis;
    private transient boolean watches;
    private transient Counter superseded;

    public NewestVersionOperator(ServingConfig serving) {
        this.serving = serving;
    }

    @Override
    public void open() throws Exception {
        super.open();
        superseded =
                getMetricGroup().addGroup("ml").addGroup("models").counter("versionsSuperseded");
    }

    @Override
    public void processElement(StreamRecord<ModelVersion> element) {
        ModelVersion version = element.getValue();
        if (held != null && version.version < held.version) {
            superseded.inc(); // the learner restarted and publishes once more
            return;
        }
        if (held != null && isBeforeFreeze(held) && !isBeforeFreeze(version)) {
            handOver();
        }
        lastCameMillis = now();
        if (held == null) {
            heldSinceMillis = lastCameMillis;
        } else {
            superseded.inc();
        }
        held = version;
        watch();
    }

    private boolean isBeforeFreeze(ModelVersion version) {
        return serving.frozenAtMillis() >= 0
                && version.trainedThroughMillis <= serving.frozenAtMillis();
    }

    private void watch() {
        if (!watches) {
            watches = true;
            var unused = getProcessingTimeService().registerTimer(dueMillis(), time -> look());
        }
    }

    private void look() {
        watches = false;
        if (held == null) {
            return;
        }
        if (now() >= dueMillis()) {
            handOver();
        } else {
            watch();
        }
    }

    private long dueMillis() {
        return Math.min(
                lastCameMillis + QUIET_MILLIS,
                heldSinceMillis + Math.max(LONGEST_HOLD_MILLIS, handOverMillis));
    }

    private void handOver() {
        long from = now();
        ModelVersion version = held;
        held = null;
        output.collect(new StreamRecord<>(version));
        handOverMillis = now() - from; // the output waits for room
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        if (held != null) {
            handOver();
        }
    }

    @Override
    public void endInput() {
        if (held != null) {
            handOver();
        }
    }
}
