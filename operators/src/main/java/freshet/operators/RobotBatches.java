package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnedRecords;
import freshet.learners.SavedState;
import freshet.learners.robots.JoinedStep;
import freshet.learners.robots.SeenStep;
import freshet.learners.robots.StepJoiner;
import freshet.learners.robots.StepOutcome;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.RobotStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins what each robot saw with what it did then and earned, and gathers whole steps of all robots
 * into batches of one size. The last observation of an episode is not learned: nothing was done
 * then.
 *
 * <p>State: for each of a bounded number of robots, those heard of last, the halves that {@link
 * StepJoiner} keeps; and less than one batch.
 */
final class RobotBatches implements BatchCutter<RobotRecord, LearnerSetup.Batch<ExperienceBatch>> {

    private static final int FORMAT_VERSION = 1;

    private final int size;
    private final int maxLag;
    private final int maxRobots;

    /** The one heard of longest ago first. */
    private final Map<String, StepJoiner> robots = new LinkedHashMap<>(16, 0.75f, true);

    private List<Whole> open = new ArrayList<>();

    /** A step that can be learned. */
    private record Whole(String robot, JoinedStep step) {

        RobotStep learned() {
            return new RobotStep(
                    robot,
                    step.seen().episode(),
                    step.seen().sequence(),
                    step.seen().picture(),
                    step.seen().felt(),
                    step.outcome().action(),
                    step.outcome().reward());
        }

        String name() {
            return robot + "/" + step.seen().episode() + "/" + step.seen().sequence();
        }
    }

    /**
     * @param size steps of a batch, at least 1
     * @param maxLag see {@link StepJoiner}
     */
    RobotBatches(int size, int maxLag, int maxRobots) {
        this.size = size;
        this.maxLag = maxLag;
        this.maxRobots = maxRobots;
    }

    @Override
    public List<LearnerSetup.Batch<ExperienceBatch>> add(RobotRecord record) {
        StepJoiner joiner =
                robots.computeIfAbsent(record.source, unknown -> new StepJoiner(maxLag));
        if (robots.size() > maxRobots) {
            robots.remove(robots.keySet().iterator().next());
        }
        List<JoinedStep> whole = new ArrayList<>();
        for (StepOutcome outcome : record.outcomes()) {
            whole.addAll(joiner.add(record.episode, outcome));
        }
        whole.addAll(
                joiner.add(
                        new SeenStep(
                                record.episode,
                                record.sequence,
                                record.picture,
                                record.felt,
                                record.terminal)));
        List<LearnerSetup.Batch<ExperienceBatch>> batches = new ArrayList<>();
        for (JoinedStep step : whole) {
            if (step.outcome() != null) {
                open.add(new Whole(record.source, step));
            }
            if (open.size() == size) {
                batches.add(
                        new LearnerSetup.Batch<>(
                                new ExperienceBatch(open.stream().map(Whole::learned).toList()),
                                record.eventTimeMillis,
                                open.stream().map(Whole::name).toList(),
                                records(open)));
                open = new ArrayList<>();
            }
        }
        return batches;
    }

    /** A run for each robot and episode, in the order of their first steps. */
    private static LearnedRecords records(List<Whole> steps) {
        Map<String, LearnedRecords.Run> runs = new LinkedHashMap<>();
        for (Whole whole : steps) {
            runs.merge(
                    whole.robot() + "/" + whole.step().seen().episode(),
                    new LearnedRecords.Run(whole.name(), whole.name()),
                    (first, next) -> new LearnedRecords.Run(first.first(), next.last()));
        }
        return LearnedRecords.of(List.copyOf(runs.values()));
    }

    /**
     * Format (int); a count (int) and as many robots, oldest first: name (UTF), length (int),
     * joiner's bytes; a count (int) and as many whole steps: name, step.
     */
    @Override
    public byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeInt(robots.size());
                    for (var robot : robots.entrySet()) {
                        byte[] joiner = robot.getValue().snapshot();
                        out.writeUTF(robot.getKey());
                        SavedState.writeBlock(out, joiner);
                    }
                    out.writeInt(open.size());
                    for (Whole whole : open) {
                        out.writeUTF(whole.robot());
                        whole.step().write(out);
                    }
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        SavedState.read(
                "robot batches",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    robots.clear();
                    open.clear();
                    for (int left = in.readInt(); left > 0; left--) {
                        var joiner = new StepJoiner(maxLag);
                        String robot = in.readUTF();
                        joiner.restore(SavedState.readBlock(in));
                        robots.put(robot, joiner);
                    }
                    for (int left = in.readInt(); left > 0; left--) {
                        open.add(new Whole(in.readUTF(), JoinedStep.read(in)));
                    }
                });
    }
}
