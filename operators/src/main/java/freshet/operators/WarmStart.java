package freshet.operators;

import freshet.learners.ModelArtifact;
import java.io.Serializable;

/**
 * Weights that a learner without state begins with, in place of those drawn from the seed.
 *
 * @param artifact the weights; of the learner's own configuration
 * @param version number, in the models topic, of the version they are; the learner's own versions
 *     come after it. {@link #ELSEWHERE} if they come from a file: versions are counted from 0
 * @param trainedThroughMillis event time up to which they have learned; -1: nothing. No answer of
 *     theirs to an earlier record counts
 */
public record WarmStart(ModelArtifact artifact, long version, long trainedThroughMillis)
        implements Serializable {

    public static final long ELSEWHERE = -1;

    public WarmStart {
        if (version < ELSEWHERE || trainedThroughMillis < -1) {
            throw new IllegalArgumentException(
                    "weights to start from are of version %d, trained through %d; both must be from -1"
                            .formatted(version, trainedThroughMillis));
        }
    }
}
