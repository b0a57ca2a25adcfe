package freshet.operators;

import freshet.learners.DepthBlend;
import java.io.Serializable;

/**
 * How a learner is controlled, checked.
 *
 * @param log where it is written what becomes of commands
 * @param versionsKept published versions that it can go back to, in [1, 1000]
 * @param blend what is published of what it has learned
 */
public record ControlSettings(DecisionLog.Factory log, int versionsKept, DepthBlend.Config blend)
        implements Serializable {

    /** Its own weights are published. */
    public ControlSettings(DecisionLog.Factory log, int versionsKept) {
        this(log, versionsKept, DepthBlend.Config.NONE);
    }

    public ControlSettings {
        if (versionsKept < 1 || versionsKept > 1000) {
            throw new IllegalArgumentException(
                    "control.versions-kept is %d, must be in [1, 1000]".formatted(versionsKept));
        }
    }

    /** For learners that get no commands. */
    public static ControlSettings none() {
        return new ControlSettings(DecisionLog.Factory.none(), 1);
    }
}
