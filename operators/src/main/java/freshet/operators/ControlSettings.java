package freshet.operators;

import java.io.Serializable;

/**
 * How a learner is controlled, checked.
 *
 * @param log where it is written what becomes of commands
 * @param versionsKept published versions that it can go back to, in [1, 1000]
 */
public record ControlSettings(DecisionLog.Factory log, int versionsKept) implements Serializable {

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
