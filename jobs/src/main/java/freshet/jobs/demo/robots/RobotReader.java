package freshet.jobs.demo.robots;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.RecordReader;
import freshet.learners.ModelArtifact;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.operators.ModelAssembly;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import freshet.schemas.RobotObservation;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads all topics as their records come, and hands these to the meter and to the film. */
final class RobotReader implements AutoCloseable {

    private static final int VERSIONS_AT_ONCE = 2;

    private final String observationsTopic;
    private final String actionsTopic;
    private final String telemetryTopic;
    private final String modelsTopic;
    private final String modelName;
    private final RobotMeter meter;
    private final KeptEpisodes episodes;
    private final AvroCodec<RobotObservation> observations = AvroCodec.of(RobotObservation.class);
    private final AvroCodec<Action> actions = AvroCodec.of(Action.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final AvroCodec<ModelChunk> chunks = AvroCodec.of(ModelChunk.class);
    private final AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
    private final ModelAssembly assembly = new ModelAssembly(VERSIONS_AT_ONCE);
    private final RecordReader reader;

    /**
     * @param modelName whose versions the film needs
     */
    RobotReader(
            KafkaAccess kafka,
            ReadableConfig config,
            String modelName,
            RobotMeter meter,
            KeptEpisodes episodes) {
        observationsTopic = config.get(RobotOptions.ROBOTS_TOPIC);
        actionsTopic = config.get(RobotOptions.ACTIONS_TOPIC);
        telemetryTopic = config.get(FreshetOptions.TELEMETRY_TOPIC);
        modelsTopic = config.get(FreshetOptions.MODELS_TOPIC);
        this.modelName = modelName;
        this.meter = meter;
        this.episodes = episodes;
        reader =
                new RecordReader(
                        kafka,
                        List.of(
                                observationsTopic,
                                actionsTopic,
                                telemetryTopic,
                                modelsTopic,
                                config.get(FreshetOptions.DEAD_LETTERS_TOPIC)),
                        this::take);
    }

    /** Starts, and waits until what is there already has been read. */
    void start() throws InterruptedException {
        reader.start();
    }

    /** What ended it before its time; null if nothing did. */
    RuntimeException failure() {
        return reader.failure();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws UndecodableRecordException {
        String topic = record.topic();
        if (topic.equals(observationsTopic)) {
            episodes.add(observations.decode(record.value()));
        } else if (topic.equals(actionsTopic)) {
            meter.add(actions.decode(record.value()));
        } else if (topic.equals(telemetryTopic)) {
            meter.add(telemetry.decode(record.value()));
        } else if (topic.equals(modelsTopic)) {
            if (record.value() != null) { // else a version that was retired
                takeModel(record.value());
            }
        } else {
            meter.addDeadLetter();
        }
    }

    private void takeModel(byte[] value) throws UndecodableRecordException {
        try {
            if (chunks.recognises(value)) {
                ModelChunk chunk = chunks.decode(value);
                if (chunk.getModelName().equals(modelName)) {
                    byte[] bytes = new byte[chunk.getBytes().remaining()];
                    chunk.getBytes().get(bytes);
                    assembly.add(chunk.getVersion(), chunk.getIndex(), bytes, chunk.getCrc32c());
                }
            } else {
                ModelManifest manifest = manifests.decode(value);
                if (manifest.getModelName().equals(modelName)) {
                    complete(manifest);
                }
            }
        } catch (ModelAssembly.Refused e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void complete(ModelManifest manifest) throws ModelAssembly.Refused {
        byte[] bytes =
                assembly.complete(
                        manifest.getVersion(), manifest.getChunks(), manifest.getTotalBytes());
        if (!WorldModelActor.hasLearned(manifest.getMetadata())) {
            return;
        }
        meter.modelHasLearned();
        episodes.add(
                new ModelArtifact(
                        manifest.getKind(),
                        manifest.getFormatVersion(),
                        manifest.getConfiguration(),
                        manifest.getVersion(),
                        Map.copyOf(manifest.getMetadata()),
                        bytes));
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        reader.close();
    }
}
