package freshet.learners.robots;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a robot saw, and what it did then.
 *
 * @param seen picture and sensors
 * @param outcome of the same step; null of a terminal one
 */
public record JoinedStep(SeenStep seen, StepOutcome outcome) {

    public JoinedStep {
        if (seen.terminal() != (outcome == null)) {
            throw new IllegalArgumentException(
                    "step %d of episode %d must have an outcome unless it is terminal"
                            .formatted(seen.sequence(), seen.episode()));
        }
    }

    public void write(DataOutputStream out) throws IOException {
        seen.write(out);
        if (outcome != null) {
            outcome.write(out);
        }
    }

    public static JoinedStep read(DataInputStream in) throws IOException {
        SeenStep seen = SeenStep.read(in);
        return new JoinedStep(seen, seen.terminal() ? null : StepOutcome.read(in));
    }
}
