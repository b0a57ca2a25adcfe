package freshet.operators;

import java.io.Serializable;

/**
 * How robots are told what to do.
 *
 * @param maxGap observations in a row that may be missing for a robot's belief to go on, from 0
 * @param forgetAfterMillis event time after which a silent robot is forgotten, at least 1
 * @param maxBatch robots of one pass through the model at most, from 1 to {@link
 *     freshet.learners.worldmodel.WorldModelActor#MAX_ROWS}
 * @param maxChange by how much an actuator may change from what the robot did at the step before,
 *     in (0, 2]; {@link #AT_WILL}: without a limit
 * @param versionsKept versions that robots may be in the middle of an episode with, see {@link
 *     EpisodeVersions}; 0: robots act by the version that is due at every step
 * @param unrollSteps newest frames of a robot from which a version that takes over within an
 *     episode makes its belief anew; 0: the belief of the version before goes on
 * @param reportEvery actions of a robot between two reports of its surprise, at least 1
 */
public record ActingConfig(
        int maxGap,
        long forgetAfterMillis,
        int maxBatch,
        float maxChange,
        int versionsKept,
        int unrollSteps,
        int reportEvery)
        implements Serializable {

    /** As far apart as two actions can be. */
    public static final float AT_WILL = 2;
}
