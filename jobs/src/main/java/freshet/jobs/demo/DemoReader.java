package freshet.jobs.demo;

import freshet.jobs.KafkaAccess;
import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import freshet.schemas.UndecodableRecordException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads predictions, telemetry and dead letters from their beginning into a {@link StreamMeter}.
 */
final class DemoReader implements AutoCloseable {

    private final String predictionsTopic;
    private final String telemetryTopic;
    private final StreamMeter meter;
    private final Lead lead;
    private final AvroCodec<TextPrediction> predictions = AvroCodec.of(TextPrediction.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final RecordReader reader;

    DemoReader(
            KafkaAccess kafka,
            String predictionsTopic,
            String telemetryTopic,
            String deadLettersTopic,
            StreamMeter meter,
            Lead lead) {
        this.predictionsTopic = predictionsTopic;
        this.telemetryTopic = telemetryTopic;
        this.meter = meter;
        this.lead = lead;
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
            TextPrediction prediction = predictions.decode(record.value());
            meter.add(prediction);
            lead.predicted(prediction.getEventTime());
        } else if (record.topic().equals(telemetryTopic)) {
            Telemetry measured = telemetry.decode(record.value());
            meter.add(measured);
            if (measured.getPart().equals("learner")) {
                lead.learned(measured.getEventTime());
            }
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
