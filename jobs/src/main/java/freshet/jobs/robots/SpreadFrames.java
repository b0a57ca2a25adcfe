package freshet.jobs.robots;

import freshet.learners.worldmodel.RobotStep;
import freshet.schemas.Floats;
import freshet.schemas.RobotObservation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames of all robots, evenly spread over the stream so far: out of them is chosen what meets an
 * expectation best.
 *
 * <p>Bounded: when they are too many, every second goes and from then on every second comes.
 */
public final class SpreadFrames {

    private final int most;
    private final float[] noAction;
    private final List<RobotStep> frames = new ArrayList<>();
    private long seen;
    private long every = 1;

    /**
     * @param most that are kept, from 2
     * @param actuators numbers of an action
     */
    public SpreadFrames(int most, int actuators) {
        this.most = most;
        noAction = new float[actuators];
    }

    /** Takes an observation with a picture; what the robot did then is not kept. */
    public void add(RobotObservation observation) {
        if (seen++ % every == 0) {
            frames.add(step(observation, noAction, 0));
            if (frames.size() > most) {
                thin();
            }
        }
    }

    private void thin() {
        for (int i = frames.size() / 2; i > 0; i--) {
            frames.remove(2 * i - 1);
        }
        every *= 2;
    }

    public List<RobotStep> all() {
        return List.copyOf(frames);
    }

    /** Frames of all episodes but one. */
    public List<RobotStep> beside(String robot, long episode) {
        return frames.stream().filter(frame -> isBeside(frame, robot, episode)).toList();
    }

    /** Whether a frame is of another episode, or another robot. */
    public static boolean isBeside(RobotStep frame, String robot, long episode) {
        return !frame.robot().equals(robot) || frame.episode() != episode;
    }

    /** An observation with a picture as a step of its episode. */
    public static RobotStep step(RobotObservation observation, float[] action, float reward) {
        ByteBuffer image = observation.getImage().duplicate();
        byte[] picture = new byte[image.remaining()];
        image.get(picture);
        return new RobotStep(
                observation.getRobot(),
                observation.getEpisode(),
                observation.getSequence(),
                picture,
                Floats.array(observation.getProprioception()),
                action,
                reward);
    }
}
