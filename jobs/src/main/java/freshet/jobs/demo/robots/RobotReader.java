package freshet.jobs.demo.robots;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.RecordReader;
import freshet.jobs.robots.ModelRecords;
import freshet.operators.ModelAssembly;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.Map;
import org.apache.flink.configuration.ReadableConfig;

/** Reads all topics as their records come, and hands these to the meter and to the film. */
final class RobotReader implements AutoCloseable {

    private final RobotMeter meter;
    private final KeptEpisodes episodes;
    private final AvroCodec<RobotObservation> observations = AvroCodec.of(RobotObservation.class);
    private final AvroCodec<Action> actions = AvroCodec.of(Action.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final ModelRecords models;
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
        models = new ModelRecords(modelName);
        this.meter = meter;
        this.episodes = episodes;
        reader =
                new RecordReader(
                        kafka,
                        Map.of(
                                config.get(RobotOptions.ROBOTS_TOPIC),
                                record -> episodes.add(observations.decode(record.value())),
                                config.get(RobotOptions.ACTIONS_TOPIC),
                                record -> meter.add(actions.decode(record.value())),
                                config.get(FreshetOptions.TELEMETRY_TOPIC),
                                record -> meter.add(telemetry.decode(record.value())),
                                config.get(FreshetOptions.MODELS_TOPIC),
                                record -> takeModel(record.value()),
                                config.get(FreshetOptions.DEAD_LETTERS_TOPIC),
                                record -> meter.addDeadLetter()));
    }

    /** Starts, and waits until what is there already has been read. */
    void start() throws InterruptedException {
        reader.start();
    }

    /** What ended it before its time; null if nothing did. */
    RuntimeException failure() {
        return reader.failure();
    }

    private void takeModel(byte[] value) throws UndecodableRecordException {
        try {
            models.take(value)
                    .ifPresent(
                            version -> {
                                meter.modelHasLearned();
                                episodes.add(version);
                            });
        } catch (ModelAssembly.Refused e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        reader.close();
    }
}
