package freshet.jobs.demo.sabotage;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.demo.RecordReader;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The sabotage beside a demo: alters its texts or gives orders when it is time, and follows what
 * comes of it. Thread-safe: the demo's reader, feeder and screen call it.
 */
public final class SabotageRun implements AutoCloseable {

    /**
     * Orders wait behind texts that the learner has been given: with four, for 90 updates. With one
     * each waits for a watermark that the next would bring.
     */
    public static final int TEXTS_AHEAD = 2;

    private final String alertsTopic;
    private final SabotagedTexts texts;
    private final Saboteur saboteur;
    private final Timeline timeline;
    private final AvroCodec<Alert> alerts = AvroCodec.of(Alert.class);
    private final AvroCodec<ControlCommand> commands = AvroCodec.of(ControlCommand.class);
    private final AtomicReference<CommandFailure> failure = new AtomicReference<>();
    private final KafkaAccess kafka;
    private final String controlTopic;
    private final KafkaProducer<byte[], byte[]> producer;

    /** By then the rules know what is normal: the last to warm up takes 400. */
    private static final long TEXTS_FROM = 450;

    /** Breaks the first of the models, which reads texts. */
    public SabotageRun(Sabotage sabotage, KafkaAccess kafka, Configuration config) {
        this(sabotage, FreshetOptions.models(config).get(0), TEXTS_FROM, kafka, config);
    }

    /**
     * @param modelName the model that is broken
     * @param fromUpdate update of its learner from which on it is
     */
    public SabotageRun(
            Sabotage sabotage,
            String modelName,
            long fromUpdate,
            KafkaAccess kafka,
            Configuration config) {
        this.kafka = kafka;
        alertsTopic = config.get(FreshetOptions.ALERTS_TOPIC);
        controlTopic = config.get(FreshetOptions.CONTROL_TOPIC);
        texts = new SabotagedTexts(sabotage);
        saboteur = new Saboteur(sabotage, modelName, fromUpdate, texts, this::order);
        timeline = new Timeline(sabotage, modelName, fromUpdate, texts);
        producer = kafka.producer();
    }

    /** Lets the learner report and publish often, and keep versions from before the sabotage. */
    public static void watchClosely(Configuration config) {
        LocalDefaults.set(config, FreshetOptions.PUBLISH_EVERY, 16);
        LocalDefaults.set(config, FreshetOptions.PROBE_EVERY, 1);
        LocalDefaults.set(config, FreshetOptions.VERSIONS_KEPT, 16);
        // From book to book the loss on the probe rises by 0.22: this is far below what is bad.
        LocalDefaults.set(config, FreshetOptions.PROBE_TOLERANCE, 0.4);
    }

    private void order(ControlCommand command) {
        byte[] key = command.getCommandId().getBytes(StandardCharsets.UTF_8);
        var unused =
                producer.send(
                        new ProducerRecord<>(controlTopic, key, commands.encode(command)),
                        (metadata, problem) -> {
                            if (problem != null) {
                                failure.compareAndSet(null, kafka.explained(controlTopic, problem));
                            }
                        });
    }

    /** Has the topic read that it wants beside the demo's. */
    public void listen(Map<String, RecordReader.Taker> takers) {
        takers.put(alertsTopic, record -> add(alerts.decode(record.value())));
    }

    private synchronized void add(Alert alert) {
        timeline.add(alert);
    }

    public synchronized void add(ControlAcknowledgement answer) {
        timeline.add(answer);
        if (timeline.isRemedy(answer)) {
            saboteur.stop();
            endOfOrders();
        }
    }

    private void endOfOrders() {
        if (saboteur.isStopped() && !timeline.sabotage().altersTexts()) {
            timeline.end("no more orders of it come");
        }
    }

    public synchronized void add(Telemetry telemetry) {
        timeline.add(telemetry);
        if (telemetry.getPart().equals("learner")) {
            saboteur.reached(telemetry.getNumber());
            endOfOrders();
        }
    }

    public synchronized void add(TextPrediction prediction) {
        timeline.add(prediction);
    }

    /**
     * What is sent in place of a text.
     *
     * @param eventTimeMillis growing from call to call
     */
    public byte[] sent(String source, long sequence, long eventTimeMillis, byte[] sound) {
        return texts.sent(source, sequence, eventTimeMillis, sound);
    }

    /**
     * What has happened since it was asked before, a line each.
     *
     * @throws CommandFailure if an order could not be written
     */
    public synchronized List<String> takeLines() {
        if (failure.get() != null) {
            throw failure.get();
        }
        return timeline.takeLines();
    }

    /** There is no more to see: all has been calm for a while since. */
    public synchronized boolean isOver() {
        return timeline.isOver();
    }

    /** Prints when what was done, without any scores. */
    public synchronized void print(PrintWriter out) {
        SabotageResults.printCourse(timeline, out);
    }

    /** Update that was the first to be sabotaged; empty if none was. */
    public synchronized OptionalLong sabotagedAt() {
        long update = timeline.sabotagedAt();
        return update == Timeline.NOT_YET ? OptionalLong.empty() : OptionalLong.of(update);
    }

    /**
     * Prints what came of it, and writes figures and a picture.
     *
     * @throws CommandFailure if the folder is not writable
     */
    public synchronized void write(Path folder, PrintWriter out, int columns) {
        SabotageResults.write(timeline, folder, out, columns);
    }

    @Override
    public void close() {
        producer.close();
    }
}
