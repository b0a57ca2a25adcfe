package freshet.jobs.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch on a broker: telemetry in, alerts out, also if the job fails in an incident. */
class WatchITCase {

    private static final int UPDATES = 900;

    @TempDir Path folder;

    @Test
    void aFailureInTheMiddleOfAnIncidentChangesNoAlert() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            List<NewTopic> topics = new ArrayList<>();
            for (String name : List.of("telemetry", "undisturbed", "failed", "control", "dead")) {
                topics.add(new NewTopic(name, Optional.of(1), Optional.empty()));
            }
            kafka.createTopics(topics);
            write(kafka);

            List<Alert> undisturbed = run(kafka, "undisturbed", Map.of());
            List<Alert> failed =
                    run(
                            kafka,
                            "failed",
                            Map.of(
                                    "kafka.client.partitioner.class",
                                    ThrowingPartitioner.class.getName(),
                                    "kafka.client." + ThrowingPartitioner.AT,
                                    "2")); // the first alert has opened an incident

            assertThat(undisturbed)
                    .extracting(Alert::getDedupeKey, Alert::getResolved)
                    .contains(
                            tuple("LOSS_SPIKE/text", false),
                            tuple("LOSS_SPIKE/text", true),
                            tuple("ENTROPY_COLLAPSE/text/1/2", false));
            assertThat(failed).isEqualTo(undisturbed);
            List<String> deadLetters = new ArrayList<>();
            new TopicReader(kafka, "dead")
                    .toTheEnd(record -> deadLetters.add(new String(record.value(), UTF_8)));
            assertThat(deadLetters).containsExactly("no telemetry", "no telemetry");
        }
    }

    /** A loss that spikes at 400 for 30 updates, and a head that collapses at 600 for good. */
    private static void write(KafkaAccess kafka) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        try (var producer = kafka.producer()) {
            sent.add(
                    producer.send(
                            new ProducerRecord<>(
                                    "telemetry", null, "no telemetry".getBytes(UTF_8))));
            for (int number = 1; number <= UPDATES; number++) {
                double wave = Math.sin(number);
                List<Measurement> points = new ArrayList<>();
                boolean spikes = number >= 400 && number < 430;
                points.add(point("lossNats", -1, -1, (spikes ? 8 : 3) + 0.1 * wave));
                for (int head = 0; head < 3; head++) {
                    double entropy = head == 2 && number >= 600 ? 0.01 : 0.6 + 0.05 * wave;
                    points.add(point("attentionEntropyNormalised", 1, head, entropy));
                }
                byte[] value =
                        codec.encode(
                                new Telemetry(
                                        "text",
                                        "learner",
                                        (long) number,
                                        1_000L,
                                        points,
                                        List.of(),
                                        0));
                sent.add(producer.send(new ProducerRecord<>("telemetry", null, value)));
                if (number % 7 == 0) {
                    sent.add(
                            producer.send(
                                    new ProducerRecord<>("telemetry", null, value))); // a repeat
                }
            }
            for (Future<?> one : sent) {
                one.get();
            }
        }
    }

    private static Measurement point(String name, int layer, int head, double value) {
        return new Measurement(name, layer, head, 1L, value, value, value);
    }

    private List<Alert> run(KafkaAccess kafka, String name, Map<String, String> more)
            throws Exception {
        Map<String, String> settings = new TreeMap<>(more);
        settings.put("kafka.bootstrap-servers", kafka.servers());
        settings.put("kafka.group", name);
        settings.put("kafka.bounded", "true");
        settings.put("kafka.topics.alerts", name);
        settings.put("stability.remedies", "off"); // the fault is to hit an alert
        settings.put("kafka.topics.dead-letters", "dead");
        settings.put("execution.checkpointing.interval", "50 ms");
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "3");
        settings.put("restart-strategy.fixed-delay.delay", "10 ms");
        Configuration config = Configuration.fromMap(settings);
        FreshetOptions.check(config);
        LocalDefaults.fill(config, folder.resolve(name));
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.WATCH);
        env.execute(name);
        AvroCodec<Alert> codec = AvroCodec.of(Alert.class);
        List<Alert> alerts = new ArrayList<>();
        new TopicReader(kafka, name)
                .toTheEnd(
                        record -> {
                            return alerts.add(codec.decodeOwn(record.value()));
                        });
        return alerts;
    }
}
