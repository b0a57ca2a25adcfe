package freshet.jobs.demo.robots;

import freshet.jobs.robots.SpreadFrames;
import freshet.learners.ModelArtifact;
import freshet.learners.worldmodel.RobotStep;
import freshet.schemas.Floats;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps the first and the newest whole episode of one robot, each with the model of its end, or the
 * first that has learned something where that came later, and frames of all robots to choose from,
 * evenly spread over the stream.
 *
 * <p>Bounded: three episodes of at most {@link #MOST_STEPS} steps, the newest model and those of
 * two episodes, and at most {@link #MOST_FRAMES} frames. Thread-safe.
 */
final class KeptEpisodes {

    static final int MOST_FRAMES = 1_024;

    /** Longer episodes are not kept. */
    static final int MOST_STEPS = 2_000;

    /**
     * An episode without a gap.
     *
     * @param steps from 0 to the one that ended it, after which no action followed
     * @param model the newest at its end; null as long as none has learned something
     */
    record Kept(List<RobotStep> steps, ModelArtifact model) {

        double total() {
            return steps.stream().mapToDouble(RobotStep::reward).sum();
        }

        private Kept judgedBy(ModelArtifact newest) {
            return model == null ? new Kept(steps, newest) : this;
        }
    }

    private final String robot;
    private final float[] noAction;
    private final SpreadFrames frames;
    private final TreeMap<Long, byte[]> pictures = new TreeMap<>();
    private final TreeMap<Long, StepOutcome> outcomes = new TreeMap<>();
    private long episode = -1;
    private ModelArtifact newest;
    private Kept first;
    private Kept later;

    /**
     * @param robot whose episodes are kept
     * @param actuators numbers of an action
     */
    KeptEpisodes(String robot, int actuators) {
        this.robot = robot;
        noAction = new float[actuators];
        frames = new SpreadFrames(MOST_FRAMES, actuators);
    }

    /** A version is complete that has learned something. */
    synchronized void add(ModelArtifact model) {
        newest = model;
        first = first == null ? null : first.judgedBy(model);
        later = later == null ? null : later.judgedBy(model);
    }

    synchronized void add(RobotObservation observation) {
        if (observation.getImage() == null) {
            return;
        }
        frames.add(observation);
        if (observation.getRobot().equals(robot)) {
            follow(observation);
        }
    }

    private void follow(RobotObservation observation) {
        if (observation.getEpisode() != episode) {
            episode = observation.getEpisode();
            pictures.clear();
            outcomes.clear();
        }
        if (observation.getSequence() > MOST_STEPS) {
            return;
        }
        pictures.put(observation.getSequence(), bytes(observation.getImage()));
        observation
                .getOutcomes()
                .forEach(
                        outcome -> {
                            if (outcome.getSequence() <= MOST_STEPS) {
                                outcomes.put(outcome.getSequence(), outcome);
                            }
                        });
        if (observation.getTerminal()) {
            whole(observation.getSequence())
                    .ifPresent(
                            steps -> {
                                var kept = new Kept(steps, newest);
                                if (first == null) {
                                    first = kept;
                                } else {
                                    later = kept;
                                }
                            });
        }
    }

    /** All steps, if none of them and of what became of them was lost. */
    private Optional<List<RobotStep>> whole(long end) {
        if (pictures.size() != end + 1 || outcomes.size() != end) {
            return Optional.empty();
        }
        List<RobotStep> steps = new ArrayList<>();
        for (Map.Entry<Long, byte[]> picture : pictures.entrySet()) {
            StepOutcome outcome = outcomes.get(picture.getKey());
            steps.add(
                    new RobotStep(
                            robot,
                            episode,
                            picture.getKey(),
                            picture.getValue(),
                            new float[0],
                            outcome == null ? noAction : Floats.array(outcome.getAction()),
                            outcome == null ? 0 : outcome.getReward()));
        }
        return Optional.of(List.copyOf(steps));
    }

    private static byte[] bytes(ByteBuffer image) {
        byte[] bytes = new byte[image.remaining()];
        image.duplicate().get(bytes);
        return bytes;
    }

    /** The first whole episode; empty before its end, and before a model has learned something. */
    synchronized Optional<Kept> first() {
        return Optional.ofNullable(first).filter(kept -> kept.model() != null);
    }

    /** The newest whole episode after the first; empty as {@link #first} is. */
    synchronized Optional<Kept> later() {
        return Optional.ofNullable(later).filter(kept -> kept.model() != null);
    }

    /**
     * Frames of all episodes but one; what robots did then is not kept.
     *
     * @param but the one whose frames are left out
     */
    synchronized List<RobotStep> framesBeside(Kept but) {
        RobotStep any = but.steps().get(0);
        return frames.beside(any.robot(), any.episode());
    }
}
