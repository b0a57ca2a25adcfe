package freshet.jobs.page;

import freshet.jobs.robots.SpreadFrames;
import freshet.learners.worldmodel.RobotStep;
import freshet.schemas.Action;
import freshet.schemas.Floats;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest steps of some robots, from which a model says what it expected next, and frames to
 * show that with.
 *
 * <p>Bounded by {@link #MAX_ROBOTS} robots of {@link #STEPS} steps each and {@link #FRAMES} frames
 * over all. Used under the lock of {@link PageState} alone.
 */
final class SeenSteps {

    static final int MAX_ROBOTS = RobotsSection.SHOWN;

    /** A robot's newest steps without a gap: as much of the past as an expectation is made from. */
    static final int STEPS = 33;

    static final int FRAMES = 128;

    /** A step, and what is known of the action that followed it. */
    private static final class Step {
        final RobotObservation seen;
        float[] done; // as the robot says
        float[] chosen; // as the model said
        boolean asTold; // the robot says no more

        Step(RobotObservation seen) {
            this.seen = seen;
        }

        float[] action() {
            return done != null || !asTold ? done : chosen;
        }
    }

    private final int pictureBytes;
    private final int felt;
    private final int actuators;
    private final SpreadFrames frames;
    private final Map<String, Deque<Step>> robots = new LinkedHashMap<>();

    /**
     * @param pictureBytes of a frame
     * @param felt numbers of proprioception
     * @param actuators numbers of an action
     */
    SeenSteps(int pictureBytes, int felt, int actuators) {
        this.pictureBytes = pictureBytes;
        this.felt = felt;
        this.actuators = actuators;
        frames = new SpreadFrames(FRAMES, actuators);
    }

    /** Takes an observation; one that does not fit the model is passed over. */
    void take(RobotObservation seen) {
        if (seen.getImage() == null
                || seen.getImage().remaining() != pictureBytes
                || seen.getProprioception().size() != felt) {
            return;
        }
        frames.add(seen);
        if (!robots.containsKey(seen.getRobot()) && robots.size() == MAX_ROBOTS) {
            return;
        }
        Deque<Step> steps = robots.computeIfAbsent(seen.getRobot(), unused -> new ArrayDeque<>());
        Step last = steps.peekLast();
        if (last != null
                && (last.seen.getEpisode() != seen.getEpisode()
                        || last.seen.getSequence() != seen.getSequence() - 1)) {
            steps.clear();
        }
        for (StepOutcome outcome : seen.getOutcomes()) {
            steps.stream()
                    .filter(step -> step.seen.getSequence() == outcome.getSequence())
                    .forEach(step -> step.done = Floats.array(outcome.getAction()));
        }
        if (seen.getOutcomes().isEmpty() && !steps.isEmpty()) {
            steps.getLast().asTold = true;
        }
        steps.addLast(new Step(seen));
        if (steps.size() > STEPS) {
            steps.removeFirst();
        }
    }

    void take(Action action) {
        for (Step step : robots.getOrDefault(action.getRobot(), new ArrayDeque<>())) {
            if (step.seen.getEpisode() == action.getEpisode()
                    && step.seen.getSequence() == action.getSequence()) {
                step.chosen = Floats.array(action.getValues());
            }
        }
    }

    /**
     * A robot's newest steps up to the last one before which all is known.
     *
     * @param first number of the first of them in its episode
     * @param steps two or more, numbered from 0 as if the episode began with them
     */
    record Run(long first, List<RobotStep> steps) {

        RobotStep last() {
            return steps.get(steps.size() - 1);
        }
    }

    /** Of each robot that has one. */
    List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (Deque<Step> steps : robots.values()) {
            List<RobotStep> known = new ArrayList<>();
            boolean end = false;
            for (Step step : steps) {
                float[] action = step.action();
                if (!end) {
                    end = !isAction(action);
                    known.add(numbered(step.seen, known.size(), end ? noAction() : action));
                }
            }
            if (known.size() > 1) {
                runs.add(new Run(steps.getFirst().seen.getSequence(), known));
            }
        }
        return runs;
    }

    private boolean isAction(float[] action) {
        if (action == null || action.length != actuators) {
            return false;
        }
        for (float value : action) {
            if (!(value >= -1 && value <= 1)) {
                return false;
            }
        }
        return true;
    }

    private float[] noAction() {
        return new float[actuators];
    }

    private static RobotStep numbered(RobotObservation seen, int number, float[] action) {
        RobotStep step = SpreadFrames.step(seen, action, 0);
        return new RobotStep(
                step.robot(), step.episode(), number, step.picture(), step.felt(), action, 0);
    }

    /** Frames of all robots and episodes. */
    List<RobotStep> frames() {
        return frames.all();
    }
}
