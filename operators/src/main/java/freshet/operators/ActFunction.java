package freshet.operators;

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
 * <p>Robots that wait at the same time share passes through the model; {@link SharedPassOperator}
 * says when, or at once when all of few known ones do. Live, a robot that acts by a deadline and
 * has sent its next observation waits no more for the action of the one before, which is then as if
 * it were missing: so a job that is behind answers what is new instead of being late with
 * everything.
 *
 * <p>State: some kilobytes for each robot of this subtask, {@link #owner}, and {@link
 * ActingConfig#unrollSteps} pictures; of too many the one that was silent longest is forgotten, and
 * one that comes back after long begins anew, by its own time, since others' clocks may be wrong;
 * {@link EpisodeVersions} beside them, if robots keep their version until the episode ends. It is
 * not Flink's keyed state, because in evaluation mode all robots' records must be answered in the
 * order of their event times, also when a version comes that many have waited for.
 */
public final class ActFunction extends ServingFunction<RobotRecord, RobotAnswer> {

    private static final long serialVersionUID = 1;

    /**
     * As many are answered at once when all of them wait. With more it pays to read on: if the job
     * is behind, their next observations are there already.
     */
    private static final int FEW = 8;

    private final RobotSetup setup;
    private final boolean evaluation;

    private transient RobotDecisions decisions;
    private transient int subtask;
    private transient int subtasks;

    /** The one that was silent longest first. */
    private transient Map<String, ActingRobot> robots;

    /** Robots that wait for an action, in the order in which they came; empty at a checkpoint. */
    private transient Map<String, AskedRobot> asked;

    /** Null if robots act by what is due at every step. */
    private transient EpisodeVersions keptVersions;

    private transient ListState<byte[]> savedRobots;
    private transient ListState<ModelVersion> savedVersions;
    private transient Counter repeatedRecords;
    private transient Counter lateRecords;
    private transient Counter supersededRecords;

    public ActFunction(RobotSetup setup, ServingConfig serving) {
        super(setup, serving, RobotRecord.class, "act", DecisionLog.Factory.none());
        this.setup = setup;
        evaluation = serving.evaluation();
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
        asked = new LinkedHashMap<>();
        savedRobots =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(
                                        "robots",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        int actuators = setup.model().behaviour().actions();
        for (byte[] bytes : savedRobots.get()) {
            var robot = ActingRobot.fromBytes(bytes, setup.acting(), actuators);
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
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("act");
        repeatedRecords = metrics.counter("repeatedRecords");
        lateRecords = metrics.counter("lateRecords");
        supersededRecords = metrics.counter("supersededRecords");
        decisions = new RobotDecisions(setup, metrics, repeatedRecords, lateRecords);
        metrics.gauge("robots", () -> robots.size());
        metrics.gauge(
                "swapsWithinEpisodes", () -> keptVersions == null ? 0 : keptVersions.swapsWithin());
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
    String trialKey(RobotRecord record) {
        return record.robot();
    }

    @Override
    RecordPlace place(RobotRecord record) {
        return RecordPlace.of(record);
    }

    @Override
    void answer(RobotRecord record, ModelVersion due, Collector<RobotAnswer> out) {
        if (!record.isValid()) { // the learn branch puts it aside
            return;
        }
        ActingRobot robot = robot(record);
        AskedRobot waiting = asked.get(robot.name);
        if (waiting != null && (evaluation || waiting.record().deadlineMillis == 0)) {
            answerAsked(out);
        } else if (waiting != null) {
            int newer = waiting.compareTo(record);
            if (newer <= 0) {
                (newer == 0 ? repeatedRecords : lateRecords).inc();
                return;
            }
            supersededRecords.inc();
        }
        asked.put(robot.name, new AskedRobot(record, robot, due));
        if ((asked.size() >= robots.size() && robots.size() <= FEW)
                || (evaluation && asked.size() >= setup.acting().maxBatch())) {
            answerAsked(out);
        }
    }

    @Override
    boolean hasAsked() {
        return !asked.isEmpty();
    }

    @Override
    void answerAsked(Collector<RobotAnswer> out) {
        if (asked.isEmpty()) {
            return;
        }
        List<AskedRobot> all = new ArrayList<>(asked.values());
        asked.clear();
        decisions.of(all, robots.values(), keptVersions).forEach(out::collect);
    }

    private ActingRobot robot(RobotRecord record) {
        ActingRobot robot = robots.get(record.source);
        if (robot == null
                || record.eventTimeMillis - robot.lastMillis > setup.acting().forgetAfterMillis()) {
            robot =
                    ActingRobot.named(
                            record.source, setup.acting(), setup.model().behaviour().actions());
            robots.put(record.source, robot);
        }
        robot.lastMillis = Math.max(robot.lastMillis, record.eventTimeMillis);
        if (robots.size() > setup.maxSources()) {
            robots.remove(robots.keySet().iterator().next());
        }
        return robot;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
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
        super.close();
        if (decisions != null) {
            decisions.close();
        }
    }
}
