package freshet.jobs.demo.images;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.RecordReader;
import freshet.jobs.demo.sabotage.SabotageRun;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Telemetry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads what the pipelines say as it comes, and hands it to the meter and to a sabotage. */
final class ImageReader implements AutoCloseable {

    private final ImageMeter meter;
    private final Optional<SabotageRun> sabotage;
    private final AvroCodec<ImagePrediction> predictions = AvroCodec.of(ImagePrediction.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final AvroCodec<ControlAcknowledgement> acknowledgements =
            AvroCodec.of(ControlAcknowledgement.class);
    private final RecordReader reader;

    ImageReader(
            KafkaAccess kafka,
            String predictionsTopic,
            String telemetryTopic,
            String deadLettersTopic,
            String acknowledgementsTopic,
            ImageMeter meter,
            Optional<SabotageRun> sabotage) {
        this.meter = meter;
        this.sabotage = sabotage;
        Map<String, RecordReader.Taker> takers = new HashMap<>();
        takers.put(predictionsTopic, record -> meter.add(predictions.decode(record.value())));
        takers.put(telemetryTopic, record -> add(telemetry.decode(record.value())));
        takers.put(acknowledgementsTopic, record -> add(acknowledgements.decode(record.value())));
        takers.put(deadLettersTopic, record -> meter.addDeadLetter());
        sabotage.ifPresent(run -> run.listen(takers));
        reader = new RecordReader(kafka, takers);
    }

    /** Starts, and waits until what is there already has been read. */
    void start() throws InterruptedException {
        reader.start();
    }

    /** What ended it before its time; null if nothing did. */
    RuntimeException failure() {
        return reader.failure();
    }

    private void add(Telemetry measured) {
        meter.add(measured);
        sabotage.ifPresent(run -> run.add(measured));
    }

    private void add(ControlAcknowledgement answer) {
        meter.add(answer);
        sabotage.ifPresent(run -> run.add(answer));
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        reader.close();
    }
}
