package freshet.benchmarks.pipeline;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.LocalJob;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.jobs.Topics;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.Measurement;
import freshet.schemas.ModelManifest;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One job on topics of its own, and what can be read from them afterwards. */
public final class PipelineRun implements AutoCloseable {

    private final KafkaAccess kafka;
    private final Configuration config;
    private final Path folder;
    private LocalJob job;

    /**
     * @param name tells topics and groups of runs apart
     * @param overrides options by key, over the defaults
     */
    public PipelineRun(
            EmbeddedKafka broker, String name, Path folder, Map<String, String> overrides) {
        this.kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
        this.folder = folder.resolve(name);
        config = Configuration.fromMap(overrides);
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
        config.set(FreshetOptions.GROUP, name);
        for (var topic :
                List.of(
                        FreshetOptions.TEXT_TOPIC,
                        ImageOptions.IMAGES_TOPIC,
                        ImageOptions.LABELS_TOPIC,
                        RobotOptions.ROBOTS_TOPIC,
                        RobotOptions.ACTIONS_TOPIC,
                        FreshetOptions.PREDICTIONS_TOPIC,
                        FreshetOptions.IMAGE_PREDICTIONS_TOPIC,
                        FreshetOptions.MODELS_TOPIC,
                        FreshetOptions.TELEMETRY_TOPIC,
                        FreshetOptions.DEAD_LETTERS_TOPIC)) {
            config.set(topic, name + "." + topic.defaultValue());
        }
        // Their Kafka timestamps are what is measured, so they must not wait for a checkpoint.
        config.set(FreshetOptions.MODELS_DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE);
        config.set(FreshetOptions.DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE);
        LocalDefaults.fill(config, this.folder);
        kafka.createTopics(Topics.of(config, 1));
    }

    public KafkaAccess kafka() {
        return kafka;
    }

    public Configuration config() {
        return config;
    }

    public String textTopic() {
        return config.get(FreshetOptions.TEXT_TOPIC);
    }

    public void start(StreamJob.Branches branches) {
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, branches);
        job = LocalJob.start(env, folder.getFileName().toString());
    }

    /** Waits for the end of a job of bounded input. */
    void awaitEnd() {
        if (!job.awaitEnd(Long.MAX_VALUE)) {
            throw new IllegalStateException("interrupted while the job ran");
        }
    }

    /** When a record of the predictions topic was written, and what it says. */
    record Served(long writtenMillis, TextPrediction prediction) {}

    /** Waits until {@code count} predictions are there, and returns them. */
    List<Served> predictions(int count) {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        List<Served> served = new ArrayList<>();
        new TopicReader(kafka, config.get(FreshetOptions.PREDICTIONS_TOPIC))
                .follow(
                        true,
                        record -> {
                            served.add(new Served(record.timestamp(), decode(codec, record)));
                            return served.size() < count;
                        });
        return served;
    }

    /** Waits until {@code count} predictions of any kind are there; when each was written. */
    public List<Long> predictionTimes(int count) {
        List<Long> times = new ArrayList<>();
        new TopicReader(kafka, FreshetOptions.predictionsTopic(config))
                .follow(
                        true,
                        record -> {
                            times.add(record.timestamp());
                            return times.size() < count;
                        });
        return times;
    }

    /** Dead letters that there are now, by their reason. */
    Map<String, Integer> deadLetters() {
        Map<String, Integer> byReason = new TreeMap<>();
        new TopicReader(kafka, config.get(FreshetOptions.DEAD_LETTERS_TOPIC))
                .toTheEnd(
                        record -> {
                            byte[] reason = record.headers().lastHeader("freshet.reason").value();
                            byReason.merge(
                                    new String(reason, StandardCharsets.UTF_8), 1, Integer::sum);
                            return true;
                        });
        return byReason;
    }

    /** When the first and the last version were written; waits for the last. */
    public record Learned(long firstMillis, long lastMillis, long updates) {
        double seconds() {
            return (lastMillis - firstMillis) / 1000.0;
        }
    }

    /** Waits for the end of bounded learning. */
    public Learned learned() {
        AvroCodec<ModelManifest> codec = AvroCodec.of(ModelManifest.class);
        long[] times = {-1, -1, 0};
        new TopicReader(kafka, config.get(FreshetOptions.MODELS_TOPIC))
                .follow(
                        true,
                        record -> {
                            if (record.value() == null || !codec.recognises(record.value())) {
                                return true;
                            }
                            ModelManifest manifest = decode(codec, record);
                            times[0] = times[0] < 0 ? record.timestamp() : times[0];
                            times[1] = record.timestamp();
                            times[2] = manifest.getVersion();
                            return manifest.getCompleteThrough() != Long.MAX_VALUE;
                        });
        return new Learned(times[0], times[1], times[2]);
    }

    /** All values of one measurement that the telemetry topic holds now. */
    public List<Double> measured(String name) {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        List<Double> values = new ArrayList<>();
        new TopicReader(kafka, config.get(FreshetOptions.TELEMETRY_TOPIC))
                .toTheEnd(
                        record -> {
                            for (Measurement point : decode(codec, record).getMeasurements()) {
                                if (point.getName().equals(name)) {
                                    values.add(point.getSum() / point.getCount());
                                }
                            }
                            return true;
                        });
        return values;
    }

    public static <T extends org.apache.avro.specific.SpecificRecordBase> T decode(
            AvroCodec<T> codec, ConsumerRecord<byte[], byte[]> record) {
        return codec.decodeOwn(record.value());
    }

    @Override
    public void close() {
        if (job != null) {
            job.cancel(); // a savepoint could not be taken once the input is at its end
        }
    }
}
