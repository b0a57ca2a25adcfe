package freshet.learners;

import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A learner whose state is mostly pieces that never change again once they are full, such as a
 * replay store: a checkpoint need not write those twice.
 *
 * <p>Keep each piece of {@link #changedSegments} under its number, drop those that {@link
 * #segmentNumbers} no longer has, and restore from all that are kept. Numbers are not used again.
 *
 * @param <B> one mini-batch
 */
public interface SegmentedLearner<B> extends OnlineLearner<B> {

    /** {@link #snapshot} without the pieces. */
    LearnerSnapshot snapshotWithoutSegments();

    /** The pieces that are new or have grown since the last call, by number. */
    SortedMap<Long, byte[]> changedSegments();

    /** Numbers of all pieces that there are. */
    SortedSet<Long> segmentNumbers();

    /**
     * Continues from a snapshot without pieces, and the pieces.
     *
     * @throws IllegalArgumentException also if a piece is missing or of another size
     */
    void restore(LearnerSnapshot snapshot, SortedMap<Long, byte[]> segments);
}
