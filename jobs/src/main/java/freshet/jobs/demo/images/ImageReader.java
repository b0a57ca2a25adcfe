package freshet.jobs.demo.images;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.RecordReader;
import freshet.jobs.demo.sabotage.SabotageRun;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what the pipelines say as it comes, and hands it to the meter and to a sabotage. */
final class ImageReader implements AutoCloseable {

    private final String predictionsTopic;
    private final String telemetryTopic;
    private final String acknowledgementsTopic;
    private final String deadLettersTopic;
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
        this.predictionsTopic = predictionsTopic;
        this.telemetryTopic = telemetryTopic;
        this.deadLettersTopic = deadLettersTopic;
        this.acknowledgementsTopic = acknowledgementsTopic;
        this.meter = meter;
        this.sabotage = sabotage;
        List<String> topics =
                new ArrayList<>(
                        List.of(
                                predictionsTopic,
                                telemetryTopic,
                                deadLettersTopic,
                                acknowledgementsTopic));
        sabotage.ifPresent(run -> topics.add(run.alertsTopic()));
        reader = new RecordReader(kafka, topics, this::take);
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
        if (record.topic().equals(predictionsTopic)) {
            meter.add(predictions.decode(record.value()));
        } else if (record.topic().equals(telemetryTopic)) {
            Telemetry measured = telemetry.decode(record.value());
            meter.add(measured);
            sabotage.ifPresent(run -> run.add(measured));
        } else if (record.topic().equals(acknowledgementsTopic)) {
            ControlAcknowledgement answer = acknowledgements.decode(record.value());
            meter.add(answer);
            sabotage.ifPresent(run -> run.add(answer));
        } else if (record.topic().equals(deadLettersTopic)) {
            meter.addDeadLetter();
        } else {
            sabotage.orElseThrow().addAlert(record.value());
        }
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        reader.close();
    }
}
