package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnerSnapshot;
import freshet.learners.RoundShare;
import freshet.operators.ShareLog;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.KafkaEndpoints;
import freshet.pipelines.RoundOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares that go through a topic of a real Kafka. */
class ShareLogITCase {

    /** In chunks of half a megabyte: four. */
    private static final int VALUES = 400_000;

    private static final int PATIENCE_SECONDS = 60;

    @TempDir Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final List<ShareLog> opened = new ArrayList<>();
    private EmbeddedKafka broker;
    private Configuration config;

    @BeforeEach
    void start() {
        broker = EmbeddedKafka.start(folder);
        config = new Configuration();
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
        config.set(RoundOptions.WORKERS, 2);
        Topics.prepare(KafkaAccess.of(config), config, 1);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        opened.forEach(ShareLog::close);
        broker.close();
    }

    private ShareLog open(String model) {
        ShareLog log = new KafkaEndpoints(FreshetOptions.kafka(config)).shares().open(model);
        opened.add(log);
        return log;
    }

    private static RoundShare share(long round, int worker, float value) {
        float[] values = new float[VALUES];
        Arrays.fill(values, value);
        return new RoundShare(round, worker, 3, 1.5, 60, values);
    }

    /** Each worker leaves its share, at the same time. */
    private List<List<RoundShare>> exchanged(List<ShareLog> logs, long start, List<RoundShare> own)
            throws Exception {
        List<Future<List<RoundShare>>> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ShareLog log = logs.get(i);
            RoundShare share = own.get(i);
            waiting.add(threads.submit(() -> log.exchange(start, share, 2)));
        }
        List<List<RoundShare>> all = new ArrayList<>();
        for (Future<List<RoundShare>> one : waiting) {
            all.add(one.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        return all;
    }

    @Test
    void allGetTheSharesOfTheirOwnAttemptInOneOrder() throws Exception {
        var first = List.of(open("text"), open("text"));
        assertThat(open("text").end()).isZero();
        var unused = exchanged(first, 0, List.of(share(0, 0, 7), share(0, 1, 7)));

        long start = open("text").end();
        assertThat(start).isEqualTo(2 * 4);
        // A worker of an attempt that was thought dead, and of another model.
        var late = first.get(0).exchange(0, share(1, 0, 8), 1);
        var other = open("wide").exchange(start, share(0, 1, 9), 1);
        assertThat(late).hasSize(1);
        assertThat(other).hasSize(1);

        var second = List.of(open("text"), open("text"));
        for (int round = 0; round < 3; round++) {
            var own = List.of(share(round, 0, round + 0.25f), share(round, 1, round + 0.5f));
            var got = exchanged(second, start, own);
            assertThat(hashes(got.get(0)))
                    .isEqualTo(hashes(got.get(1)))
                    .containsExactlyInAnyOrderElementsOf(hashes(own));
        }
    }

    private static List<String> hashes(List<RoundShare> shares) {
        return shares.stream().map(share -> LearnerSnapshot.sha256(share.toBytes())).toList();
    }

    @Test
    void aShareThatIsGoneFailsTheTaskInPlaceOfHoldingItForEver() throws Exception {
        var alone = open("text").exchange(0, share(0, 0, 1), 1);
        assertThat(alone).hasSize(1);
        var topic = new TopicPartition(config.get(FreshetOptions.ROUNDS_TOPIC), 0);
        try (Admin admin = Admin.create(properties())) {
            admin.deleteRecords(Map.of(topic, RecordsToDelete.beforeOffset(4))).all().get();
        }
        assertThatThrownBy(() -> open("text").exchange(0, share(0, 1, 1), 2))
                .isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void aTopicThatIsMadeAnewFailsTheTaskThatWaits() throws Exception {
        var logs = List.of(open("text"), open("text"));
        var unused = exchanged(logs, 0, List.of(share(0, 0, 1), share(0, 1, 1)));
        var waits = threads.submit(() -> logs.get(0).exchange(0, share(1, 0, 2), 2));
        ShareLog other = open("text");
        while (other.end() < 3 * 4) {
            Thread.onSpinWait(); // until its share is there
        }
        String topic = config.get(FreshetOptions.ROUNDS_TOPIC);
        try (Admin admin = Admin.create(properties())) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
        Topics.prepare(KafkaAccess.of(config), config, 1);
        assertThatThrownBy(() -> waits.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(OffsetOutOfRangeException.class);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", broker.bootstrapServers());
        return properties;
    }

    @Test
    void theTopicHasOnePartitionAndKeepsLittle() {
        NewTopic rounds =
                Topics.of(config, 3).stream()
                        .filter(topic -> topic.name().equals("rounds"))
                        .findAny()
                        .orElseThrow();
        assertThat(rounds.numPartitions()).isEqualTo(1);
        assertThat(rounds.configs()).containsKeys("retention.ms", "retention.bytes");
        assertThat(Topics.of(new Configuration(), 3))
                .noneMatch(topic -> topic.name().equals("rounds"));
    }
}
