package freshet.operators;

import freshet.learners.LearnerSnapshot;
import freshet.learners.OnlineLearner;
import freshet.learners.SegmentedLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * A learner in checkpoints. Pieces of its state that never change again are entries of a map under
 * the learner's one key, so that a backend with incremental checkpoints writes each of them once.
 *
 * <p>Keyed state can be read only when a record or a timer has set the key. So a restored learner
 * waits for the first of them, and until then a checkpoint holds what was restored.
 */
final class LearnerSegments {

    private final OnlineLearner<?> learner;
    private final SegmentedLearner<?> segmented; // null if it has none
    private final MapState<Long, byte[]> segments;
    private LearnerSnapshot waiting; // of a restored learner; null once it is complete
    private boolean hasKey;

    LearnerSegments(OnlineLearner<?> learner, KeyedStateStore store) {
        this.learner = learner;
        segmented = learner instanceof SegmentedLearner<?> one ? one : null;
        segments =
                segmented == null
                        ? null
                        : store.getMapState(
                                new MapStateDescriptor<>(
                                        "learner-segments",
                                        Types.LONG,
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    /**
     * @throws SuppressRestartsException if the learner refuses it: another attempt would be refused
     *     too, so the job ends
     */
    void restore(LearnerSnapshot snapshot) {
        if (segmented == null) {
            orEnd(() -> learner.restore(snapshot));
        } else {
            waiting = snapshot;
        }
    }

    /** To be called with every record and timer, before the learner is asked for anything. */
    void completeRestore() throws Exception {
        hasKey = true;
        if (waiting != null) {
            SortedMap<Long, byte[]> kept = new TreeMap<>();
            for (Map.Entry<Long, byte[]> segment : segments.entries()) {
                kept.put(segment.getKey(), segment.getValue());
            }
            LearnerSnapshot restored = waiting;
            orEnd(() -> segmented.restore(restored, kept));
            waiting = null;
        }
    }

    /** Ends the job if what restores refuses the state. */
    static void orEnd(Runnable restore) {
        try {
            restore.run();
        } catch (IllegalArgumentException e) {
            throw new SuppressRestartsException(e);
        }
    }

    /** What goes into the checkpoint beside the segments, which are put into their state here. */
    LearnerSnapshot snapshot() throws Exception {
        if (segmented == null) {
            return learner.snapshot();
        }
        if (waiting != null) {
            return waiting;
        }
        if (hasKey) { // else nothing was learned
            segments.putAll(segmented.changedSegments());
            List<Long> gone = new ArrayList<>();
            segments.keys().forEach(gone::add);
            gone.removeAll(segmented.segmentNumbers());
            for (Long number : gone) {
                segments.remove(number);
            }
        }
        return segmented.snapshotWithoutSegments();
    }
}
