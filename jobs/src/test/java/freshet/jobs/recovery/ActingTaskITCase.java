package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.StreamJob;
import freshet.jobs.Topics;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.UndecodableRecordException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job on a broker; of its tasks only the one that acts fails, in the middle of episodes,
 * in the moment in which an action is chosen and not yet sent. Flink takes back what is tied to it
 * by streams, the serving branch; the learner, which is tied to it by topics alone, goes on.
 */
class ActingTaskITCase {

    private static final int RECORDS = 300;
    private static final String NAME = "stream";
    private static final int SLOTS = 4;
    private static final long LOOK_EVERY_MILLIS = 100;

    /**
     * The job that fails is to have no end: Flink 2.2 sends a source that has ended, and is taken
     * back with its region, the alignment of watermarks, by which it fails for good. So the last
     * observations wait for what would follow them, or for a version; those before this event time
     * do not.
     */
    private static final long ANSWERED_BEFORE = RealStream.eventTime(RECORDS) - 4_500;

    @TempDir Path folder;

    private final RealStream stream = RealStream.of(Kind.robots);

    /**
     * What a run came to.
     *
     * @param attempts of each task, by its name; 0: it was never taken back
     * @param failed name of the task that failed; null if none did
     * @param restored checkpoints that were gone back to
     */
    private record Result(
            Map<String, byte[]> actions,
            Map<String, Integer> attempts,
            String failed,
            long restored) {}

    @Test
    void afterTheActingTaskHasFailedEveryActionIsTheOneThatWouldHaveCome() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            stream.publish(kafka, NAME, 2, RECORDS, 1);
            Result undisturbed =
                    run(
                            kafka,
                            "undisturbed",
                            Map.of(),
                            actions -> actions.size() == stream.answers(RECORDS, true));
            Map<String, byte[]> expected = undisturbed.actions();
            Set<String> due = due(expected);
            assertThat(due).hasSizeGreaterThan(175);
            // Four robots, 24 steps an episode: at about the steps 7, 14 and 20 of the second one,
            // when versions come one by one, so that checkpoints lie between the actions.
            for (int action : new int[] {120, 145, 170}) {
                String name = "failed-" + action;
                Map<String, String> fault = new TreeMap<>();
                fault.put("kafka.bounded", "false");
                fault.put("kafka.client.partitioner.class", ThrowingPartitioner.class.getName());
                fault.put(
                        "kafka.client." + ThrowingPartitioner.TO, RunTopics.of(name).predictions());
                fault.put("kafka.client." + ThrowingPartitioner.AT, String.valueOf(action));
                Result disturbed =
                        run(kafka, name, fault, actions -> actions.keySet().containsAll(due));
                assertThat(disturbed.failed()).startsWith("act ");
                assertThat(disturbed.restored()).isEqualTo(1);
                disturbed.attempts().forEach(ActingTaskITCase::onlyTheServingBranchGoesBack);
                disturbed
                        .actions()
                        .forEach((step, bytes) -> assertThat(bytes).isEqualTo(expected.get(step)));
            }
        }
    }

    /** Steps of which the action is there whether the stream ends or not. */
    private static Set<String> due(Map<String, byte[]> actions) throws UndecodableRecordException {
        AvroCodec<Action> codec = AvroCodec.of(Action.class);
        Set<String> due = new TreeSet<>();
        for (Map.Entry<String, byte[]> one : actions.entrySet()) {
            if (codec.decode(one.getValue()).getObservationTime() < ANSWERED_BEFORE) {
                due.add(one.getKey());
            }
        }
        return due;
    }

    private static void onlyTheServingBranchGoesBack(String task, int attempts) {
        boolean serves = task.startsWith("act ") || task.contains("to predict");
        assertThat(attempts).as(task).isEqualTo(serves ? 1 : 0);
    }

    private Result run(
            KafkaAccess kafka,
            String name,
            Map<String, String> fault,
            Predicate<Map<String, byte[]>> isThrough)
            throws Exception {
        RunTopics topics = RunTopics.of(name);
        var where = new RealRun.Case(1, 2, true, RealRun.Fault.NONE);
        Map<String, String> settings = new TreeMap<>(RealRun.settings(kafka, name, where));
        settings.putAll(stream.settings(NAME));
        // Until something is learned robots that explore act at random, whatever they believe.
        settings.put(RobotOptions.FIRST_UPDATE_AFTER.key(), "20");
        settings.putAll(fault);
        topics.into(settings);
        Configuration config = Configuration.fromMap(settings);
        FreshetOptions.check(config);
        LocalDefaults.fill(config, folder.resolve(name));
        kafka.createTopics(Topics.of(config, 2));
        var env = StreamExecutionEnvironment.getExecutionEnvironment(config);
        env.setParallelism(1);
        StreamJob.build(env, config, StreamJob.Branches.BOTH);
        try (var cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(config)
                                .withRandomPorts()
                                .setNumSlotsPerTaskManager(SLOTS)
                                .build())) {
            cluster.start();
            JobID job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
            RunOutputs outputs = await(cluster, job, kafka, topics, isThrough);
            AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
            Map<String, Integer> attempts = new TreeMap<>();
            graph.getVerticesTopologically()
                    .forEach(
                            vertex ->
                                    attempts.put(
                                            vertex.getName(),
                                            vertex.getTaskVertices()[0]
                                                    .getCurrentExecutionAttempt()
                                                    .getAttemptNumber()));
            return new Result(
                    outputs.predictions(),
                    attempts,
                    ThrowingPartitioner.failedTask(topics.predictions()),
                    graph.getCheckpointStatsSnapshot()
                            .getCounts()
                            .getNumberOfRestoredCheckpoints());
        }
    }

    private RunOutputs await(
            MiniCluster cluster,
            JobID job,
            KafkaAccess kafka,
            RunTopics topics,
            Predicate<Map<String, byte[]>> isThrough)
            throws Exception {
        while (true) {
            pauseUnlessEnded(cluster, job);
            AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
            RunOutputs outputs = RunOutputs.read(kafka, topics, stream, true);
            assertThat(outputs.problem()).isNull();
            if (isThrough.test(outputs.predictions())) {
                return outputs;
            }
            assertThat(graph.getState().isTerminalState())
                    .as("ended by %s", graph.getFailureInfo())
                    .isFalse();
        }
    }

    private static void pauseUnlessEnded(MiniCluster cluster, JobID job) throws Exception {
        try {
            cluster.requestJobResult(job).get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It runs.
        }
    }
}
