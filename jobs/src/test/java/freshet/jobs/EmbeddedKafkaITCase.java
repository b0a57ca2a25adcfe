package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaITCase {

    private static final TopicPartition TOPIC = new TopicPartition("words", 0);

    @TempDir Path folder;

    @Test
    void keepsCommittedRecordsOverARestartAndHidesAbortedOnes() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            kafka.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)));
            kafka.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)));
            inTransaction(kafka.bootstrapServers(), true, "one", "two");
            inTransaction(kafka.bootstrapServers(), false, "aborted");
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            inTransaction(kafka.bootstrapServers(), true, "three");
            assertThat(read(kafka.bootstrapServers(), 3)).containsExactly("one", "two", "three");
        }
    }

    @Test
    void goesOnAfterTheProcessWasKilled() throws Exception {
        Process broker = broker();
        try (var out = broker.inputReader()) {
            String servers = out.readLine();
            assertThat(servers).startsWith("127.0.0.1:");
            inTransaction(servers, true, "before");
            broker.destroyForcibly(); // SIGKILL
            assertThat(broker.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            broker.destroyForcibly();
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            inTransaction(kafka.bootstrapServers(), true, "after");
            assertThat(read(kafka.bootstrapServers(), 2)).containsExactly("before", "after");
        }
    }

    /**
     * Many partitions, because the broker opens them one after the other; every record is a batch
     * of its own, so that several are on their way to a partition while it opens. Without waiting
     * for the leaders about a tenth of the records is lost.
     */
    @Test
    void aTopicTakesABurstAsSoonAsItIsMade() throws Exception {
        int partitions = 40;
        int records = 8 * partitions;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            var access =
                    new KafkaAccess(
                            kafka.bootstrapServers(),
                            Map.of(
                                    "batch.size", "0",
                                    "request.timeout.ms", "5000",
                                    "delivery.timeout.ms", "20000"));
            access.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)));
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            try (var producer = access.producer()) {
                // Has its producer id before the topic is made.
                producer.send(new ProducerRecord<>(TOPIC.topic(), new byte[] {1})).get();
                access.createTopics(List.of(new NewTopic("burst", partitions, (short) 1)));
                for (int i = 0; i < records; i++) {
                    var record =
                            new ProducerRecord<byte[], byte[]>(
                                    "burst", i % partitions, null, new byte[] {1});
                    sent.add(producer.send(record));
                }
            }
            for (int i = 0; i < records; i++) {
                assertThat(sent.get(i).get().offset()).isEqualTo(i / partitions);
            }
        }
    }

    @Test
    void aTakenPortIsSaidInOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, port))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("port " + port)
                    .message()
                    .hasLineCount(1);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaidInOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        assertThatThrownBy(() -> EmbeddedKafka.start(file.resolve("kafka")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("not writable")
                .message()
                .hasLineCount(1);
    }

    @Test
    void twoOnOneFolderAreRefused() {
        try (EmbeddedKafka first = EmbeddedKafka.start(folder)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("in use")
                    .message()
                    .hasLineCount(1);
            assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }

    /** Serves {@code words} on {@code args[0]} until it is killed; prints its address. */
    static final class Broker {
        public static void main(String[] args) throws InterruptedException {
            EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]));
            kafka.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)));
            System.out.println(kafka.bootstrapServers());
            Thread.currentThread().join();
        }
    }

    private Process broker() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Broker.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void inTransaction(String servers, boolean commit, String... words)
            throws Exception {
        Map<String, Object> config =
                Map.of("bootstrap.servers", servers, "transactional.id", "words");
        try (var producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (String word : words) {
                producer.send(new ProducerRecord<>(TOPIC.topic(), word)).get();
            }
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static List<String> read(String servers, int count) {
        Properties config = new Properties();
        config.put("bootstrap.servers", servers);
        config.put("isolation.level", "read_committed");
        List<String> words = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(TOPIC));
            consumer.seekToBeginning(List.of(TOPIC));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (words.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> words.add(record.value()));
            }
        }
        return words;
    }
}
