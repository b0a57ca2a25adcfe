package freshet.jobs.demo.images;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.BackgroundWork;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads predictions, telemetry and dead letters as they come, and hands them to the meter. */
final class ImageReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaAccess kafka;
    private final String predictionsTopic;
    private final String telemetryTopic;
    private final String deadLettersTopic;
    private final ImageMeter meter;
    private final AvroCodec<ImagePrediction> predictions = AvroCodec.of(ImagePrediction.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final BackgroundWork work = new BackgroundWork("read what came out", this::read);

    ImageReader(
            KafkaAccess kafka,
            String predictionsTopic,
            String telemetryTopic,
            String deadLettersTopic,
            ImageMeter meter) {
        this.kafka = kafka;
        this.predictionsTopic = predictionsTopic;
        this.telemetryTopic = telemetryTopic;
        this.deadLettersTopic = deadLettersTopic;
        this.meter = meter;
    }

    void start() {
        work.start();
    }

    RuntimeException failure() {
        return work.failure();
    }

    private void read() {
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of(predictionsTopic, telemetryTopic, deadLettersTopic)) {
                partitions.addAll(kafka.partitions(topic));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            boolean last = false;
            while (!last) {
                last = work.isStopped(); // one more look after the job has ended
                consumer.poll(POLL).forEach(this::take);
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.topic().equals(predictionsTopic)) {
                meter.add(predictions.decode(record.value()));
            } else if (record.topic().equals(telemetryTopic)) {
                meter.add(telemetry.decode(record.value()));
            } else {
                meter.addDeadLetter();
            }
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException(
                    "%s offset %d: %s".formatted(record.topic(), record.offset(), e.getMessage()),
                    e);
        }
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        work.close();
    }
}
