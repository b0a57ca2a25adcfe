package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.client.GateSettings;
import freshet.client.Latencies;
import freshet.client.RobotClient;
import freshet.client.RobotClock;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.jobs.robots.EpisodeLog;
import freshet.jobs.robots.RobotLogWriter;
import freshet.jobs.robots.RobotLoop;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code freshet publish robot} of what robots did, through a broker. */
class RobotLogITCase {

    private static final int ROBOTS = 2;

    /** Of each robot: one whole episode of 125 actions and the begin of another. */
    private static final int TURNS = 140;

    private static final String HEAD =
            "robot,episode,sequence,millis,frame,reward,missed,terminal,action_0";

    @TempDir static Path brokerFolder;
    private static EmbeddedKafka broker;
    private static KafkaAccess kafka;

    @TempDir Path folder;
    private String topic;

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
    void makeTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
        kafka.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.<Short>empty())));
    }

    @Test
    void whatWasLoggedComesAgainAsItWasSent() throws Exception {
        List<RobotObservation> live = recorded();
        String said = publish(0, "--event-time", "5000");
        assertThat(said).contains("284 steps of 2 robots in topic " + topic);

        List<RobotObservation> replayed = read();
        long shift = 5000 - live.get(0).getEventTime();
        // Robots are told apart: their rows come in the order of their times, not of sending.
        for (int robot = 0; robot < ROBOTS; robot++) {
            String name = "cart,\"" + robot + '"';
            List<RobotObservation> expected = new ArrayList<>();
            for (RobotObservation one : live) {
                if (one.getRobot().equals(name)) {
                    RobotObservation wanted = RobotObservation.newBuilder(one).build();
                    wanted.setEventTime(one.getEventTime() + shift);
                    wanted.setDeadlineMillis(0);
                    wanted.setExplore(false); // what was done is done
                    wanted.setLearn(true);
                    expected.add(wanted);
                }
            }
            assertThat(expected).hasSize(142);
            assertThat(replayed.stream().filter(one -> one.getRobot().equals(name)))
                    .isEqualTo(expected);
        }
    }

    /** What two robots send that miss every seventh action; nobody else is there. */
    private List<RobotObservation> recorded() {
        var fleet = new RobotFleet(Task.Name.BALANCE, ROBOTS, 24, Distractions.NONE, 1);
        var now = new long[] {1_700_000_000_000_000_000L};
        var clock =
                new RobotClock() {
                    @Override
                    public long epochMillis() {
                        return now[0] / 1_000_000;
                    }

                    @Override
                    public long nanos() {
                        return now[0];
                    }

                    @Override
                    public void pause(long nanos) {
                        now[0] += nanos;
                    }
                };
        List<RobotObservation> sent = new ArrayList<>();
        List<RobotClient> clients = new ArrayList<>();
        try (var log = new RobotLogWriter(folder.resolve("log"), 1)) {
            for (int i = 0; i < ROBOTS; i++) {
                clients.add(
                        new RobotClient(
                                "cart,\"" + i + '"',
                                GateSettings.of(1),
                                50,
                                true,
                                false,
                                clock,
                                observation -> {
                                    sent.add(observation);
                                    log.take(observation);
                                    answer(clients, observation);
                                },
                                new Latencies()));
            }
            new RobotLoop(
                            fleet,
                            clients,
                            9,
                            true,
                            new EpisodeLog(null, null, List.of(), clock::nanos))
                    .run(20, TURNS + 1, clock, () -> false);
        }
        return sent;
    }

    private static void answer(List<RobotClient> clients, RobotObservation one) {
        if (!one.getTerminal() && one.getSequence() % 7 != 6) {
            float value = (one.getSequence() % 5 - 2) / 3f;
            Action action =
                    new Action(
                            one.getRobot(),
                            one.getEpisode(),
                            one.getSequence(),
                            one.getEventTime(),
                            one.getEventTime(),
                            0L,
                            List.of(value),
                            "test",
                            1L);
            clients.forEach(client -> client.received(action));
        }
    }

    @Test
    void withoutATimeTheLastStepIsNow() throws Exception {
        write(HEAD, "a,0,0,1000,,0.5,false,false,1", "a,0,1,3000,,,,true,");
        long before = System.currentTimeMillis();
        publish(0);
        List<RobotObservation> read = read();
        assertThat(read.get(1).getEventTime()).isBetween(before, System.currentTimeMillis());
        assertThat(read.get(1).getEventTime() - read.get(0).getEventTime()).isEqualTo(2000);
        assertThat(read.get(0).getImage()).isNull();
        assertThat(read.get(1).getTerminal()).isTrue();
        assertThat(read.get(1).getOutcomes().get(0).getAction()).containsExactly(1f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,0,0,1,,2,false,false,0 | line 3: reward is 2, must be in [0.0, 1.0]",
                "a,0,0,1,,NaN,false,false,0 | line 3: reward is NaN, must be in [0.0, 1.0]",
                "a,0,0,1,,0,false,false,-1.5 | line 3: action_0 is -1.5, must be in [-1.0, 1.0]",
                "a,0,0,1,,0,false,false,x | line 3: action_0 is 'x', must be a number",
                "a,0,0,1,,0,maybe,false,0 | line 3: missed is 'maybe', must be true or false",
                "a,0,0,1,,0,,false,0 | line 3: reward, missed and actions must be there all",
                "a,-1,0,1,,0,false,false,0 | line 3: episode is -1, must not be negative",
                "a,0,0,1,,0,false,false | line 3: 8 cells, expected 9",
                "first,0,0,1,,0,false,false,0 | line 3: step 0 of episode 0 of first follows step 0",
                "first,1,0,0,,0,false,false,0 | line 3: millis is 0, before the 1 of the step",
                "a,0,0,1,../x.png,0,false,false,0 | line 3: frame ../x.png is outside the folder",
                "a,0,0,1,none.png,0,false,false,0 | none.png: there is no such file",
                "a,0,0,1,text.png,0,false,false,0 | text.png: neither a PNG nor a JPEG file",
                "a,0,0,1,wide.png,0,false,false,0 | wide.png: image is 300 x 1, each side must"
            })
    void aBadRowIsNamedBeforeAnythingIsSent(String row, String message) throws Exception {
        write(HEAD, "first,0,0,1,,0,false,false,0", row);
        Files.writeString(log().resolve("text.png"), "no picture");
        var wide = new BufferedImage(300, 1, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(wide, "png", log().resolve("wide.png").toFile());
        assertThat(publish(1)).startsWith("freshet: ").contains(message).hasLineCount(1);
        assertThat(read()).isEmpty();
    }

    @Test
    void otherColumnsAreRefused() throws Exception {
        write("robot,episode,step", "a,0,0");
        assertThat(publish(1)).contains("episodes.csv line 1: columns must be robot,episode");
        Files.delete(log().resolve("episodes.csv"));
        assertThat(publish(1)).contains("episodes.csv is not a file");
    }

    private Path log() {
        return folder.resolve("log");
    }

    private void write(String... lines) throws IOException {
        Files.createDirectories(log());
        Files.write(log().resolve("episodes.csv"), List.of(lines));
    }

    private String publish(int code, String... options) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "publish",
                                "robot",
                                log().toString(),
                                "--bootstrap=" + broker.bootstrapServers(),
                                "-Dkafka.topics.robots=" + topic));
        args.addAll(List.of(options));
        Ended ended = Ended.of(args);
        assertThat(ended.code()).as(ended.err()).isEqualTo(code);
        return code == 0 ? ended.out() : ended.err();
    }

    private List<RobotObservation> read() {
        List<RobotObservation> records = new ArrayList<>();
        AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            return records.add(codec.decodeOwn(record.value()));
                        });
        return records;
    }
}
