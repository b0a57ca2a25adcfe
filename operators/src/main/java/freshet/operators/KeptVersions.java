package freshet.operators;

import java.util.List;

/** The versions that a learner published last, to hold or to go back to. */
public interface KeptVersions {

    /** Adds one; of more than are kept the oldest goes. */
    void add(ModelVersion version);

    /** Oldest first. */
    List<Long> numbers();

    /** Null if there is none. */
    ModelVersion newestUpTo(long version);

    void dropAfter(long version);

    /** Null if there is none. */
    default ModelVersion newest() {
        return newestUpTo(Long.MAX_VALUE);
    }
}
