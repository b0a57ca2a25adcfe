package freshet.learners.robots;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a robot did at one step of its episode, and what it earned.
 *
 * @param sequence the step
 * @param action {@code [A]} what the actuators were told, in [-1, 1]
 * @param reward of that action
 * @param missed whether no action came in time, so that the robot chose by itself
 */
public record StepOutcome(long sequence, float[] action, float reward, boolean missed) {

    void write(DataOutputStream out) throws IOException {
        out.writeLong(sequence);
        RobotState.writeFloats(out, action);
        out.writeFloat(reward);
        out.writeBoolean(missed);
    }

    static StepOutcome read(DataInputStream in) throws IOException {
        return new StepOutcome(
                in.readLong(), RobotState.readFloats(in), in.readFloat(), in.readBoolean());
    }
}
