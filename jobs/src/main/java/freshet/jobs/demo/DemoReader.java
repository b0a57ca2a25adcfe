package freshet.jobs.demo;

import freshet.jobs.KafkaAccess;
import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import freshet.schemas.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads predictions, telemetry and dead letters from their beginning into a {@link StreamMeter}.
 */
final class DemoReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaAccess kafka;
    private final String predictionsTopic;
    private final String telemetryTopic;
    private final String deadLettersTopic;
    private final StreamMeter meter;
    private final Lead lead;
    private final AvroCodec<TextPrediction> predictions = AvroCodec.of(TextPrediction.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final BackgroundWork work = new BackgroundWork("read what came out", this::read);

    DemoReader(
            KafkaAccess kafka,
            String predictionsTopic,
            String telemetryTopic,
            String deadLettersTopic,
            StreamMeter meter,
            Lead lead) {
        this.kafka = kafka;
        this.predictionsTopic = predictionsTopic;
        this.telemetryTopic = telemetryTopic;
        this.deadLettersTopic = deadLettersTopic;
        this.meter = meter;
        this.lead = lead;
    }

    /** Starts, and waits until what is there already has been read. */
    void start() throws InterruptedException {
        work.start();
        while (!caughtUp.await(POLL.toMillis(), TimeUnit.MILLISECONDS) && failure() == null) {}
    }

    /** What ended it before its time; null if nothing did. */
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
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            boolean last = false;
            while (!last) {
                last = work.isStopped(); // one more look after the job has ended
                consumer.poll(POLL).forEach(this::take);
                if (caughtUp.getCount() > 0
                        && partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p))) {
                    caughtUp.countDown();
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
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
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException(
                    "%s partition %d offset %d: %s"
                            .formatted(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    e.getMessage()),
                    e);
        }
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        work.close();
    }
}
