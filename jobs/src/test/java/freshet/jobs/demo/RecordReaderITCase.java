package freshet.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordReaderITCase {

    private static final List<String> TOPICS = List.of("actions", "frames");

    /** More than one look at the broker brings. */
    private static final int MANY = 2_000;

    @TempDir Path folder;

    @Test
    void readsAllThatWasWrittenBeforeItIsClosed() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            var access = new KafkaAccess(kafka.bootstrapServers(), Map.of());
            access.createTopics(
                    TOPICS.stream().map(name -> new NewTopic(name, 2, (short) 1)).toList());
            var actions = new AtomicInteger();
            var frames = new AtomicInteger();
            try (KafkaProducer<byte[], byte[]> producer = access.producer()) {
                write(producer);
                var reader =
                        new RecordReader(
                                access,
                                Map.of(
                                        "actions",
                                        record -> actions.incrementAndGet(),
                                        "frames",
                                        record -> frames.incrementAndGet()));
                try (reader) {
                    reader.start();
                    assertThat(actions).hasValue(MANY);
                    assertThat(frames).hasValue(MANY);
                    write(producer);
                }
                assertThat(reader.failure()).isNull();
            }
            assertThat(actions).hasValue(2 * MANY);
            assertThat(frames).hasValue(2 * MANY);
        }
    }

    private static void write(KafkaProducer<byte[], byte[]> producer) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            for (String topic : TOPICS) {
                sent.add(producer.send(new ProducerRecord<>(topic, new byte[] {(byte) i})));
            }
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }
}
