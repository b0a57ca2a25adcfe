package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.client.RobotClient;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.jobs.robots.ReportLog;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code freshet robots} through a broker, against answers that a test gives. */
class RobotsITCase {

    @TempDir static Path brokerFolder;
    private static EmbeddedKafka broker;
    private static KafkaAccess kafka;

    private final AvroCodec<RobotObservation> observationCodec =
            AvroCodec.of(RobotObservation.class);
    private String observations;
    private String actions;
    private String control;

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
        actions = observations + "-actions";
        control = observations + "-control";
        kafka.createTopics(
                List.of(
                        new NewTopic(observations, Optional.of(2), Optional.<Short>empty()),
                        new NewTopic(actions, Optional.of(2), Optional.<Short>empty()),
                        new NewTopic(control, Optional.of(1), Optional.<Short>empty())));
    }

    @Test
    void robotsDoAsTheyAreToldAndSayWhatTheyDid() throws Exception {
        Thread answers = answering(2 * 31, null);
        Path reports = brokerFolder.resolve("reports.csv");
        String out =
                robots(
                        "--count",
                        "2",
                        "--steps",
                        "30",
                        "--task",
                        "reacher",
                        "--reports",
                        reports.toString());
        answers.join();

        List<RobotObservation> ofOne =
                read().stream().filter(one -> one.getRobot().equals("arm-1")).toList();
        assertThat(ofOne).hasSize(31);
        RobotFleet alone = new RobotFleet(Task.Name.REACHER, 2, 32, Distractions.NONE, 1);
        byte[] frame = new byte[alone.frameBytes()];
        for (int step = 0; step <= 30; step++) {
            RobotObservation observation = ofOne.get(step);
            assertThat(observation.getSequence()).isEqualTo(step);
            alone.see(1, frame, 0);
            byte[] image = new byte[observation.getImage().remaining()];
            observation.getImage().get(image);
            assertThat(image).isEqualTo(frame);
            alone.robot(1).act(new float[] {value(step, 0), value(step, 1)}, 0);
            if (step > 0) {
                List<StepOutcome> outcomes = observation.getOutcomes();
                StepOutcome newest = outcomes.get(outcomes.size() - 1);
                assertThat(newest.getSequence()).isEqualTo(step - 1);
                assertThat(newest.getMissed()).isFalse();
                assertThat(newest.getAction())
                        .containsExactly(value(step - 1, 0), value(step - 1, 1));
            }
        }
        assertThat(out).contains("60 actions").contains("missed 0 ").contains("lost 0 ");
        assertThat(Files.readAllLines(reports))
                .startsWith(ReportLog.HEAD)
                .last()
                .asString()
                .matches("[0-9.]+,60,0,0,0,0,0(,[0-9.]+){5}");
    }

    @Test
    void aStopOnTheControlTopicReachesEveryRobot() throws Exception {
        var stop = new ControlCommand("1", "core", RobotClient.STOP, Map.of(), 0L, "test", false);
        Thread answers = answering(2 * 201, stop);
        robots("--count", "2", "--steps", "200", "--task", "reacher");
        answers.join();
        for (String robot : List.of("arm-0", "arm-1")) {
            List<StepOutcome> outcomes = new ArrayList<>();
            for (RobotObservation observation : read()) {
                if (observation.getRobot().equals(robot) && !observation.getOutcomes().isEmpty()) {
                    int last = observation.getOutcomes().size() - 1;
                    outcomes.add(observation.getOutcomes().get(last));
                }
            }
            assertThat(outcomes.get(0).getAction()).containsExactly(value(0, 0), value(0, 1));
            // How many steps it took depends on the threads; what is stopped stays stopped.
            assertThat(outcomes.get(outcomes.size() - 1).getAction()).containsExactly(0f, 0f);
        }
    }

    @Test
    void aMissingTopicIsSaidInOneLine() {
        Ended ended =
                Ended.of(
                        List.of(
                                "robots",
                                "--bootstrap",
                                broker.bootstrapServers(),
                                "-Dkafka.topics.robots=nowhere"));
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("topic nowhere does not exist").hasLineCount(1);
    }

    private String robots(String... options) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "robots",
                                "--name=arm",
                                "--hz=0",
                                "--first-episode=5",
                                "--bootstrap=" + broker.bootstrapServers(),
                                "-Dkafka.topics.robots=" + observations,
                                "-Dkafka.topics.actions=" + actions,
                                "-Dkafka.topics.control=" + control));
        args.addAll(List.of(options));
        Ended ended = Ended.of(args);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out();
    }

    /** Answers so many observations; the third sets off the command. */
    private Thread answering(int count, ControlCommand command) {
        var answers =
                new Thread(
                        () -> {
                            try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
                                AvroCodec<Action> codec = AvroCodec.of(Action.class);
                                int[] seen = {0};
                                new TopicReader(kafka, observations)
                                        .follow(
                                                true,
                                                record -> {
                                                    seen[0]++;
                                                    if (seen[0] == 2) { // what nobody can read
                                                        send(producer, actions, null);
                                                        send(producer, actions, utf8("no action"));
                                                    }
                                                    if (seen[0] == 3 && command != null) {
                                                        send(
                                                                producer,
                                                                control,
                                                                AvroCodec.of(ControlCommand.class)
                                                                        .encode(command));
                                                    }
                                                    RobotObservation one =
                                                            observationCodec.decodeOwn(
                                                                    record.value());
                                                    if (!one.getTerminal()) {
                                                        send(
                                                                producer,
                                                                actions,
                                                                codec.encode(answer(one)));
                                                    }
                                                    return seen[0] < count;
                                                });
                            }
                        });
        answers.start();
        return answers;
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
        var unused = producer.send(new ProducerRecord<>(topic, utf8("key"), value));
        producer.flush();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Action answer(RobotObservation one) {
        long step = one.getSequence();
        return new Action(
                one.getRobot(),
                one.getEpisode(),
                step,
                one.getEventTime(),
                one.getEventTime(),
                0L,
                List.of(value(step, 0), value(step, 1)),
                "test",
                1L);
    }

    private static float value(long step, int actuator) {
        return (step % 7 - 3) / 4f + actuator / 8f;
    }

    private List<RobotObservation> read() {
        List<RobotObservation> records = new ArrayList<>();
        AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);
        new TopicReader(kafka, observations)
                .toTheEnd(
                        record -> {
                            records.add(codec.decodeOwn(record.value()));
                            return true;
                        });
        return records;
    }
}
