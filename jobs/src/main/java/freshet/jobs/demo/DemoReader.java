package freshet.jobs.demo;

import freshet.jobs.KafkaAccess;
import freshet.jobs.demo.sabotage.SabotageRun;
import freshet.operators.LearningControl;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads predictions, telemetry, acknowledgements and dead letters from their beginning into a
 * {@link StreamMeter}, says to the {@link Lead} how far they have come, and shows them to a
 * sabotage.
 */
final class DemoReader implements AutoCloseable {

    /** Parts whose reports say how far the learner is; a version comes also if it only passes. */
    private static final Set<String> LEARNING = Set.of("learner", "publication");

    private final StreamMeter meter;
    private final Lead lead;
    private final Optional<SabotageRun> sabotage;
    private final AvroCodec<TextPrediction> predictions = AvroCodec.of(TextPrediction.class);
    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final AvroCodec<ControlAcknowledgement> acknowledgements =
            AvroCodec.of(ControlAcknowledgement.class);
    private final RecordReader reader;

    DemoReader(
            KafkaAccess kafka,
            String predictionsTopic,
            String telemetryTopic,
            String deadLettersTopic,
            String acknowledgementsTopic,
            StreamMeter meter,
            Lead lead,
            Optional<SabotageRun> sabotage) {
        this.meter = meter;
        this.lead = lead;
        this.sabotage = sabotage;
        Map<String, RecordReader.Taker> takers = new HashMap<>();
        takers.put(predictionsTopic, record -> add(predictions.decode(record.value())));
        takers.put(telemetryTopic, record -> add(telemetry.decode(record.value())));
        takers.put(acknowledgementsTopic, record -> add(acknowledgements.decode(record.value())));
        takers.put(deadLettersTopic, this::addDeadLetter);
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

    private void add(TextPrediction prediction) {
        meter.add(prediction);
        lead.predicted(prediction.getEventTime());
        sabotage.ifPresent(run -> run.add(prediction));
    }

    private void add(Telemetry measured) {
        meter.add(measured);
        if (LEARNING.contains(measured.getPart())) {
            lead.learned(measured.getEventTime());
        }
        sabotage.ifPresent(run -> run.add(measured));
    }

    private void addDeadLetter(ConsumerRecord<byte[], byte[]> record) {
        meter.addDeadLetter();
        lead.learned(passedOver(record));
    }

    private void add(ControlAcknowledgement answer) {
        if (answer.getAccepted() && !answer.getDryRun()) {
            switch (answer.getAction()) {
                case LearningControl.FREEZE -> lead.learns(false);
                case LearningControl.UNFREEZE -> lead.learns(true);
                default -> {}
            }
        }
        sabotage.ifPresent(run -> run.add(answer));
    }

    /** Event time of a batch that was refused or put aside; 0 if the record is something else. */
    private static long passedOver(ConsumerRecord<byte[], byte[]> record) {
        boolean isBatch = record.headers().lastHeader("freshet.sequence.last") != null;
        Header time = record.headers().lastHeader("freshet.timestamp");
        return isBatch && time != null
                ? Long.parseLong(new String(time.value(), StandardCharsets.UTF_8))
                : 0;
    }

    /** Reads what is there, then stops. */
    @Override
    public void close() {
        reader.close();
    }
}
