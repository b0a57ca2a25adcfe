package freshet.jobs.demo.images;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.RecordReader;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads predictions, telemetry and dead letters as they come, and hands them to the meter. */
final class ImageReader implements AutoCloseable {

    private final String predictionsTopic;
    private final String telemetryTopic;
    private final ImageMeter meter;
    private final AvroCodec<ImagePrediction> predictions = AvroCodec.of(ImagePrediction.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final RecordReader reader;

    ImageReader(
            KafkaAccess kafka,
            String predictionsTopic,
            String telemetryTopic,
            String deadLettersTopic,
            ImageMeter meter) {
        this.predictionsTopic = predictionsTopic;
        this.telemetryTopic = telemetryTopic;
        this.meter = meter;
        reader =
                new RecordReader(
                        kafka,
                        List.of(predictionsTopic, telemetryTopic, deadLettersTopic),
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
        if (record.topic().equals(predictionsTopic)) {
            meter.add(predictions.decode(record.value()));
        } else if (record.topic().equals(telemetryTopic)) {
            meter.add(telemetry.decode(record.value()));
        } else {
            meter.addDeadLetter();
        }
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        reader.close();
    }
}
