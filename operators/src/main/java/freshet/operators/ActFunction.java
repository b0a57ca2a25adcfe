package freshet.operators;

import freshet.learners.robots.RobotTrack;
import freshet.learners.robots.RobotTrack.Arrival;
import freshet.learners.robots.RobotTrack.Fate;
import freshet.learners.robots.StepOutcome;
import freshet.learners.worldmodel.Belief;
import freshet.learners.worldmodel.Decision;
import freshet.learners.worldmodel.Glimpse;
import freshet.learners.worldmodel.WorldModelActor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.util.Collector;

/**
 * Tells robots what to do, by the version that is due. What a robot is told depends on what it saw
 * and did itself and on the model, not on other robots: not on how many there are, nor on how their
 * records interleave.
 *
 * <p>A repeated observation is answered as before, a late one not at all. Missing ones are bridged:
 * the belief goes on by what the robot did, without a picture; after too many of them, and at the
 * start of an episode, it begins anew. Until the model has learned something, robots that explore
 * act at random. No action is further from what the robot did before than it may be; what is told,
 * not what was wanted, is what the belief goes on by.
 *
 * <p>State: some kilobytes for each robot of this subtask, {@link #owner}; robots that were silent
 * for long are forgotten, and of too many the one that was silent longest; {@link EpisodeVersions}
 * beside them, if robots keep their version until the episode ends. It is not Flink's keyed state,
 * because in evaluation mode all robots' records must be answered in the order of their event
 * times, also when a version comes that many have waited for.
 */
public final class ActFunction extends ServingFunction<RobotRecord, RobotAnswer> {

    private static final long serialVersionUID = 1;

    private final RobotSetup setup;

    private transient ServedModel<WorldModelActor> model;
    private transient int subtask;
    private transient int subtasks;

    /** The one that was silent longest first. */
    private transient Map<String, ActingRobot> robots;

    /** To be decided in one pass, all by one version; at most one of a robot. */
    private transient List<Asked> asked;

    /** Null if robots act by what is due at every step. */
    private transient EpisodeVersions keptVersions;

    private transient ListState<byte[]> savedRobots;
    private transient ListState<ModelVersion> savedVersions;
    private transient Counter actions;
    private transient Counter passes;
    private transient Counter repeatedRecords;
    private transient Counter lateRecords;
    private transient Counter bridgedSteps;
    private transient double lastSurpriseNats;

    public ActFunction(RobotSetup setup, ServingConfig serving) {
        super(setup, serving, RobotRecord.class, "act");
        this.setup = setup;
    }

    /** Which of so many subtasks a robot belongs to. */
    static int owner(String robot, int subtasks) {
        return Math.floorMod(robot.hashCode(), subtasks);
    }

    /** Sends each robot's records to its {@link #owner}. */
    public static final class ByOwner implements Partitioner<String> {
        private static final long serialVersionUID = 1;

        @Override
        public int partition(String robot, int subtasks) {
            return owner(robot, subtasks);
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        super.initializeState(context);
        robots = new LinkedHashMap<>(16, 0.75f, true);
        asked = new ArrayList<>();
        savedRobots =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(
                                        "robots",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        int actuators = setup.model().behaviour().actions();
        for (byte[] bytes : savedRobots.get()) {
            var robot = ActingRobot.fromBytes(bytes, setup.acting().maxGap(), actuators);
            if (owner(robot.name, subtasks) == subtask) {
                robots.put(robot.name, robot);
            }
        }
        savedVersions =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(
                                        "episode-versions", Types.POJO(ModelVersion.class)));
        if (setup.acting().versionsKept() > 0) {
            keptVersions = new EpisodeVersions(setup.acting().versionsKept());
            keptVersions.restore(savedVersions.get(), robots.values());
        }
    }

    @Override
    ListState<RobotRecord> waitingState(
            OperatorStateStore store, ListStateDescriptor<RobotRecord> state) throws Exception {
        return store.getUnionListState(state);
    }

    @Override
    boolean isMine(RobotRecord record) {
        return owner(record.robot(), subtasks) == subtask;
    }

    @Override
    public void open(OpenContext context) {
        super.open(context);
        model = new ServedModel<>(setup::newActor, WorldModelActor::load);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("act");
        actions = metrics.counter("actions");
        passes = metrics.counter("passes");
        repeatedRecords = metrics.counter("repeatedRecords");
        lateRecords = metrics.counter("lateRecords");
        bridgedSteps = metrics.counter("bridgedSteps");
        metrics.gauge("robots", () -> robots.size());
        metrics.gauge(
                "swapsWithinEpisodes", () -> keptVersions == null ? 0 : keptVersions.swapsWithin());
        metrics.gauge("surpriseNats", () -> lastSurpriseNats);
    }

    @Override
    long eventTimeMillis(RobotRecord record) {
        return record.eventTimeMillis;
    }

    /** No action is scored, so the newest version may choose it. */
    @Override
    boolean isLearned(RobotRecord record) {
        return false;
    }

    @Override
    void answer(RobotRecord record, ModelVersion due, Collector<RobotAnswer> out) {
        if (!record.isValid()) { // the learn branch puts it aside
            return;
        }
        ActingRobot robot = robot(record);
        if (robot.isAsked) {
            decide(out);
        }
        List<StepOutcome> outcomes = record.outcomes();
        Arrival arrival = robot.track.arrive(record.episode, record.sequence, outcomes);
        switch (arrival.fate()) {
            case LATE -> {
                lateRecords.inc();
                return;
            }
            case REPEATED -> {
                repeatedRecords.inc();
                if (arrival.cached() != null) {
                    decide(out);
                    out.collect(answer(record, arrival.cached(), robot.answeredBy));
                }
                return;
            }
            default -> {}
        }
        for (StepOutcome outcome : outcomes) {
            if (outcome.missed() && outcome.sequence() == record.sequence - 1) {
                robot.missed();
            }
        }
        ModelVersion by = due;
        if (keptVersions != null) {
            by = keptVersions.of(robot, arrival.fate() == Fate.BEGINS, due, robots.values());
        }
        if (!asked.isEmpty() && asked.get(0).by.version != by.version) {
            decide(out);
        }
        float[] lastDone = lastDone(robot, record, arrival, outcomes);
        Belief before = arrival.fate() == Fate.FOLLOWS ? bridge(robot, record, arrival, by) : null;
        if (record.terminal) {
            robot.track.ended();
            robot.belief = null;
            robot.keeps = ActingRobot.KEEPS_NONE;
            return;
        }
        robot.isAsked = true;
        asked.add(new Asked(record, robot, before, lastDone, by));
        if (asked.size() >= Math.min(setup.acting().maxBatch(), robots.size())) {
            decide(out);
        }
    }

    /**
     * A robot that waits for its action.
     *
     * @param lastDone {@code [A]}, what it did at the step before
     */
    private record Asked(
            RobotRecord record,
            ActingRobot robot,
            Belief before,
            float[] lastDone,
            ModelVersion by) {

        Glimpse glimpse() {
            return new Glimpse(
                    robot.name,
                    record.episode,
                    record.sequence,
                    record.picture,
                    record.felt,
                    before,
                    record.explore);
        }
    }

    boolean hasAsked() {
        return !asked.isEmpty();
    }

    /** Answers all that wait for their action. */
    void decide(Collector<RobotAnswer> out) {
        if (asked.isEmpty()) {
            return;
        }
        passes.inc();
        List<Decision> decisions =
                model.of(asked.get(0).by).act(asked.stream().map(Asked::glimpse).toList());
        for (int i = 0; i < decisions.size(); i++) {
            out.collect(answer(asked.get(i), decisions.get(i)));
        }
        asked.clear();
    }

    private RobotAnswer answer(Asked one, Decision decision) {
        RobotRecord record = one.record;
        ActingRobot robot = one.robot;
        ModelVersion by = one.by;
        float[] wanted =
                record.explore && !WorldModelActor.hasLearned(by.metadata)
                        ? randomAction(record)
                        : decision.action();
        float[] action = limited(wanted, one.lastDone);
        robot.isAsked = false;
        robot.belief = decision.belief().withAction(action);
        robot.track.answered(action);
        robot.acted(record.sequence, one.before == null, decision.surpriseNats());
        lastSurpriseNats = decision.surpriseNats();
        actions.inc();
        robot.answeredBy = by.version;
        RobotAnswer answer = answer(record, action, by.version);
        answer.modelAgeMillis =
                by.trainedThroughMillis < 0 ? -1 : record.eventTimeMillis - by.trainedThroughMillis;
        robot.report(answer, setup.acting().reportEvery());
        return answer;
    }

    /** What is wanted, but no further from what the robot did than it may change in a step. */
    private float[] limited(float[] wanted, float[] lastDone) {
        float most = setup.acting().maxChange();
        if (most >= ActingConfig.AT_WILL) {
            return wanted;
        }
        float[] action = new float[wanted.length];
        for (int i = 0; i < action.length; i++) {
            float change = Math.max(-most, Math.min(most, wanted[i] - lastDone[i]));
            action[i] = Math.max(-1, Math.min(1, lastDone[i] + change));
        }
        return action;
    }

    /**
     * What the robot did at the step before, by its outcome if it is known, else by what it was
     * told last; nothing at the start of an episode.
     */
    private float[] lastDone(
            ActingRobot robot, RobotRecord record, Arrival arrival, List<StepOutcome> outcomes) {
        for (StepOutcome outcome : outcomes) {
            if (outcome.sequence() == record.sequence - 1) {
                return outcome.action();
            }
        }
        return switch (arrival.fate()) {
            case FOLLOWS -> arrival.actions().get(arrival.actions().size() - 1);
            case BEGINS_AFTER_GAP -> robot.belief.action();
            default -> new float[setup.model().behaviour().actions()];
        };
    }

    private ActingRobot robot(RobotRecord record) {
        ActingRobot robot = robots.get(record.source);
        if (robot == null
                || record.eventTimeMillis - robot.lastMillis > setup.acting().forgetAfterMillis()) {
            robot =
                    new ActingRobot(
                            record.source,
                            new RobotTrack(
                                    setup.acting().maxGap(), setup.model().behaviour().actions()));
            robots.put(record.source, robot);
        }
        robot.lastMillis = Math.max(robot.lastMillis, record.eventTimeMillis);
        if (robots.size() > setup.maxSources()) {
            robots.remove(robots.keySet().iterator().next());
        }
        return robot;
    }

    /** What is believed before the look: by all that the robot did since the one before. */
    private Belief bridge(ActingRobot robot, RobotRecord record, Arrival arrival, ModelVersion by) {
        List<float[]> done = arrival.actions();
        Belief belief = robot.belief;
        for (int i = 0; i < arrival.missing(); i++) {
            long missing = record.sequence - arrival.missing() + i;
            bridgedSteps.inc();
            belief =
                    model.of(by)
                            .act(
                                    List.of(
                                            new Glimpse(
                                                    robot.name,
                                                    record.episode,
                                                    missing,
                                                    null,
                                                    null,
                                                    belief.withAction(done.get(i)),
                                                    false)))
                            .get(0)
                            .belief();
        }
        return belief.withAction(done.get(done.size() - 1));
    }

    private float[] randomAction(RobotRecord record) {
        return WorldModelActor.randomAction(
                setup.learning().seed(),
                record.source,
                record.episode,
                record.sequence,
                setup.model().behaviour().actions());
    }

    private static RobotAnswer answer(RobotRecord record, float[] action, long version) {
        var answer = new RobotAnswer();
        answer.robot = record.source;
        answer.episode = record.episode;
        answer.sequence = record.sequence;
        answer.observationMillis = record.eventTimeMillis;
        answer.deadlineMillis =
                record.deadlineMillis == 0 ? 0 : record.eventTimeMillis + record.deadlineMillis;
        answer.action = action;
        answer.modelVersion = version;
        return answer;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (hasAsked()) {
            throw new IllegalStateException("robots wait for their action at a checkpoint");
        }
        super.snapshotState(context);
        savedRobots.clear();
        for (ActingRobot robot : robots.values()) {
            savedRobots.add(robot.toBytes());
        }
        savedVersions.clear();
        if (keptVersions != null) {
            savedVersions.addAll(keptVersions.kept(robots.values()));
        }
    }

    @Override
    public void close() throws Exception {
        if (model != null) {
            model.close();
        }
    }
}
