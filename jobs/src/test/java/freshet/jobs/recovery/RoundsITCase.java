package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.LocalJob;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.jobs.Topics;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelManifest;
import freshet.schemas.TextPrediction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One model learned by two workers, through a real Kafka, and served as any other. */
class RoundsITCase {

    private static final int RECORDS = 60;

    /** Two of each worker. */
    private static final long BATCHES_A_ROUND = 4;

    private static final int PATIENCE_MILLIS = 90_000;
    private static final int LOOK_EVERY_MILLIS = 100;

    @Test
    void aVersionARoundIsPublishedAndServedAndTheJobEndsWithItsInput(@TempDir Path folder)
            throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            RealStream stream = RealStream.of(Kind.sharedTexts);
            stream.publish(kafka, "stream", 1, RECORDS, 1);
            LocalJob learning = job(kafka, folder, StreamJob.Branches.LEARN);
            assertThat(learning.awaitEnd(PATIENCE_MILLIS)).isTrue();

            RunTopics topics = RunTopics.of("run");
            List<ModelManifest> manifests = manifests(kafka, topics.models());
            int rounds = manifests.size() - 2; // the untrained one, and the last one twice
            assertThat(rounds).isGreaterThan(5);
            for (int i = 0; i < rounds; i++) {
                assertThat(manifests.get(i).getVersion()).isEqualTo(i * BATCHES_A_ROUND);
            }
            for (int i = 1; i <= rounds; i++) {
                ModelManifest one = manifests.get(i);
                assertThat(one.getParentVersion()).isEqualTo((i - 1) * BATCHES_A_ROUND);
                assertThat(one.getScoreBitsPerToken()).isBetween(0.1, 20.0);
            }
            ModelManifest lastOfRound = manifests.get(rounds); // which may be shorter
            ModelManifest last = manifests.get(rounds + 1);
            assertThat(last.getVersion())
                    .isEqualTo(lastOfRound.getVersion())
                    .isBetween((rounds - 1) * BATCHES_A_ROUND + 1, rounds * BATCHES_A_ROUND);
            assertThat(last.getCompleteThrough()).isEqualTo(Long.MAX_VALUE);
            assertThat(last.getSha256()).isEqualTo(lastOfRound.getSha256());

            LocalJob serving = job(kafka, folder, StreamJob.Branches.SERVE);
            Map<String, Long> answers = new TreeMap<>();
            while (answers.size() < RECORDS) {
                assertThat(serving.awaitEnd(LOOK_EVERY_MILLIS)).isFalse();
                read(kafka, topics.predictions(), answers);
            }
            serving.cancel();
            assertThat(answers.values())
                    .contains(0L)
                    .anyMatch(version -> version > rounds * BATCHES_A_ROUND / 2);
        }
    }

    private static LocalJob job(KafkaAccess kafka, Path folder, StreamJob.Branches branches) {
        var where = new RealRun.Case(1, 1, true, RealRun.Fault.NONE);
        Configuration config =
                Configuration.fromMap(
                        RealRun.settings(
                                kafka, "run", RealStream.of(Kind.sharedTexts), "stream", where));
        Topics.prepare(kafka, config, 1);
        LocalDefaults.fill(config, folder.resolve(branches.name()));
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, branches);
        return LocalJob.start(env, branches.name());
    }

    private static List<ModelManifest> manifests(KafkaAccess kafka, String topic) {
        AvroCodec<ModelManifest> codec = AvroCodec.of(ModelManifest.class);
        List<ModelManifest> manifests = new ArrayList<>();
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            if (codec.recognises(record.value())) {
                                manifests.add(codec.decodeOwn(record.value()));
                            }
                            return true;
                        });
        return manifests;
    }

    private static void read(KafkaAccess kafka, String topic, Map<String, Long> answers) {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            TextPrediction one = codec.decodeOwn(record.value());
                            answers.put(
                                    one.getSource() + "/" + one.getSequence(),
                                    one.getModelVersion());
                            return true;
                        });
    }
}
