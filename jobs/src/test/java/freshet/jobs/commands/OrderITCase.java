package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.Freshet;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code freshet control} through a broker. Every action that a model would send is far from zero,
 * also while robots are stopped, so an actuator that was told 0 was stopped.
 */
class OrderITCase {

    private static final int STEPS = 60;
    private static final List<String> ROBOTS = List.of("arm-0", "arm-1", "arm-2");

    @TempDir static Path brokerFolder;
    private static EmbeddedKafka broker;
    private static KafkaAccess kafka;

    private String observations;

    /** A command, and the last step of each robot that was answered before it was acknowledged. */
    private record Given(String said, Map<String, Long> answered) {}

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(brokerFolder.resolve("kafka"));
        kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTopics(TestInfo test) {
        observations = test.getTestMethod().orElseThrow().getName();
        kafka.createTopics(
                List.of(
                        new NewTopic(observations, Optional.of(2), Optional.<Short>empty()),
                        new NewTopic(
                                observations + "-actions", Optional.of(2), Optional.<Short>empty()),
                        new NewTopic(
                                observations + "-control",
                                Optional.of(1),
                                Optional.<Short>empty())));
    }

    @Test
    void aStopReachesEveryRobotWithinAStepOutlastsActionsAndEndsWithResume() throws Exception {
        List<Given> given = runRobots(Map.of(40, List.of("safeStop"), 100, List.of("resume")));
        Map<String, List<List<Float>>> done = done();
        for (String robot : ROBOTS) {
            int stop = Math.toIntExact(given.get(0).answered().get(robot));
            int resume = Math.toIntExact(given.get(1).answered().get(robot));
            List<List<Float>> actions = done.get(robot);
            assertThat(actions).hasSize(STEPS);
            assertThat(resume).isGreaterThan(stop + 10);
            // The step that was answered before may move it still: one action, not more.
            assertThat(actions.subList(0, stop)).doesNotContain(List.of(0f, 0f));
            assertThat(actions.subList(stop + 1, resume)).containsOnly(List.of(0f, 0f));
            assertThat(actions.subList(resume + 1, STEPS)).doesNotContain(List.of(0f, 0f));
        }
    }

    @Test
    void aRobotThatIsNamedIsStoppedAlone() throws Exception {
        List<Given> given = runRobots(Map.of(40, List.of("safeStop", "--robot", "arm-1")));
        Map<String, List<List<Float>>> done = done();
        int stop = Math.toIntExact(given.get(0).answered().get("arm-1"));
        assertThat(done.get("arm-1").subList(stop + 1, STEPS)).containsOnly(List.of(0f, 0f));
        assertThat(done.get("arm-0")).doesNotContain(List.of(0f, 0f));
        assertThat(done.get("arm-2")).doesNotContain(List.of(0f, 0f));
    }

    @Test
    void aRobotThatConnectsAfterTheStopDoesNotMoveAtAll() throws Exception {
        assertThat(control("safeStop")).startsWith("0 ");
        assertThat(control("resume", "--robot", "arm-2")).startsWith("0 ");
        runRobots(Map.of());
        Map<String, List<List<Float>>> done = done();
        assertThat(done.get("arm-0")).containsOnly(List.of(0f, 0f));
        assertThat(done.get("arm-1")).containsOnly(List.of(0f, 0f));
        assertThat(done.get("arm-2")).doesNotContain(List.of(0f, 0f));
    }

    @Test
    void theIdOfWhatWasWrittenIsPrinted() {
        String said = control("safeStop", "--robot=arm-1", "--by=me", "--model=core", "--dry-run");
        var commands = new ArrayList<ControlCommand>();
        new TopicReader(kafka, observations + "-control")
                .toTheEnd(record -> commands.add(decode(ControlCommand.class, record.value())));
        assertThat(commands).hasSize(1);
        ControlCommand command = commands.get(0);
        assertThat(said).startsWith("0 " + command.getCommandId()).contains("a trial");
        assertThat(command.getAction()).isEqualTo("safeStop");
        assertThat(command.getArguments()).containsExactly(Map.entry("robot", "arm-1"));
        assertThat(command.getIssuedBy()).isEqualTo("me");
        assertThat(command.getModelName()).isEqualTo("core");
        assertThat(command.getDryRun()).isTrue();
        assertThat(control("safeStop", "--robot=arm-1"))
                .contains("robot arm-1 alone obeys directly");
    }

    @Test
    void whatNobodyWouldObeyIsRefusedInOneLine() {
        assertThat(control("melt"))
                .startsWith("2 freshet: no action melt, only [clipQueryKey, freeze, ")
                .endsWith("; see freshet control --help");
        assertThat(control("resume", "--argument", "Robot=arm-1"))
                .startsWith("2 freshet: resume has no argument Robot, only [robot]");
        assertThat(control("safeStop", "--robot", "a", "--argument", "robot=b"))
                .startsWith("2 freshet: --robot a and --argument robot=b");
        assertThat(control("safeStop", "-Dkafka.topics.control=nowhere"))
                .startsWith("1 freshet: topic nowhere does not exist");
        assertThat(control("safeStop", "-Dkafka.topics.control=" + observations))
                .contains("has 2 partitions, commands need one");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsSaidInOneLine() {
        assertThat(control("safeStop", "-Dkafka.bootstrap-servers=localhost:1"))
                .startsWith("1 freshet: no Kafka broker answers at localhost:1");
    }

    /** Exit code and what was said, which is one line. */
    private String control(String... options) {
        List<String> args = new ArrayList<>(List.of("control"));
        args.add("-Dkafka.topics.control=" + observations + "-control");
        args.add("-Dkafka.bootstrap-servers=" + broker.bootstrapServers());
        for (String option : options) { // one that is there already takes the place of ours
            args.removeIf(
                    arg ->
                            arg.startsWith("-D")
                                    && arg.contains("=")
                                    && option.startsWith(arg.substring(0, arg.indexOf('=') + 1)));
            args.add(option);
        }
        var said = new StringWriter();
        int code = execute(said, args);
        assertThat(said.toString()).hasLineCount(1);
        return code + " " + said.toString().strip();
    }

    private static int execute(StringWriter said, List<String> args) {
        return Freshet.commandLine()
                .setOut(new PrintWriter(said, true))
                .setErr(new PrintWriter(said, true))
                .execute(args.toArray(new String[0]));
    }

    /**
     * Runs three robots against steady answers.
     *
     * @param commands after how many observations each is given, before the next is answered
     */
    private List<Given> runRobots(Map<Integer, List<String>> commands) throws Exception {
        var given = new ArrayList<Given>();
        var answers = new Thread(() -> answer(commands, given));
        answers.start();
        var said = new StringWriter();
        int code =
                execute(
                        said,
                        List.of(
                                "robots",
                                "--task=reacher",
                                "--count=3",
                                "--steps=" + STEPS,
                                "--name=arm",
                                "--hz=0",
                                "--first-episode=5",
                                "--bootstrap=" + broker.bootstrapServers(),
                                "-Dkafka.topics.robots=" + observations,
                                "-Dkafka.topics.actions=" + observations + "-actions",
                                "-Dkafka.topics.control=" + observations + "-control"));
        assertThat(code).as(said.toString()).isZero();
        answers.join();
        return given;
    }

    private void answer(Map<Integer, List<String>> commands, List<Given> given) {
        Map<String, Long> answered = new TreeMap<>();
        int[] seen = {0};
        AvroCodec<Action> codec = AvroCodec.of(Action.class);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            new TopicReader(kafka, observations)
                    .follow(
                            true,
                            record -> {
                                seen[0]++;
                                List<String> command = commands.get(seen[0]);
                                if (command != null) {
                                    String said = control(command.toArray(new String[0]));
                                    given.add(new Given(said, Map.copyOf(answered)));
                                }
                                RobotObservation one =
                                        decode(RobotObservation.class, record.value());
                                var unused =
                                        producer.send(
                                                new ProducerRecord<>(
                                                        observations + "-actions",
                                                        one.getRobot()
                                                                .getBytes(StandardCharsets.UTF_8),
                                                        codec.encode(answer(one))));
                                producer.flush();
                                answered.put(one.getRobot(), one.getSequence());
                                return seen[0] < ROBOTS.size() * (STEPS + 1);
                            });
        }
    }

    private static Action answer(RobotObservation one) {
        return new Action(
                one.getRobot(),
                one.getEpisode(),
                one.getSequence(),
                one.getEventTime(),
                one.getEventTime(),
                0L,
                List.of(0.5f, -0.5f),
                "test",
                1L);
    }

    /** What each robot says that it did, step by step. */
    private Map<String, List<List<Float>>> done() {
        Map<String, List<List<Float>>> done = new TreeMap<>();
        new TopicReader(kafka, observations)
                .toTheEnd(
                        record -> {
                            RobotObservation one = decode(RobotObservation.class, record.value());
                            List<StepOutcome> outcomes = one.getOutcomes();
                            if (!outcomes.isEmpty()) {
                                done.computeIfAbsent(one.getRobot(), name -> new ArrayList<>())
                                        .add(outcomes.get(outcomes.size() - 1).getAction());
                            }
                            return true;
                        });
        return done;
    }

    private static <T extends SpecificRecordBase> T decode(Class<T> type, byte[] value) {
        return AvroCodec.of(type).decodeOwn(value);
    }
}
