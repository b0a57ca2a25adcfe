package freshet.jobs.page;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Topics;
import freshet.operators.OutRecord;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.pipelines.ImageOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A broker with the topics of a pipeline, a page on it, and a hand that writes records. */
final class PageRun implements AutoCloseable {

    final EmbeddedKafka broker;
    final Configuration config = new Configuration();
    final KafkaAccess kafka;
    LivePage page;
    private final KafkaProducer<byte[], byte[]> producer;

    /**
     * @param models of the pipeline; none: the one that is called as the pipeline
     */
    PageRun(Path folder, Pipeline pipeline, Optional<String> token, String... models) {
        broker = EmbeddedKafka.start(folder);
        config.set(FreshetOptions.PIPELINE, pipeline);
        if (models.length > 0) {
            config.set(FreshetOptions.MODELS, List.of(models));
        }
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
        broker.createTopics(Topics.of(config, 2));
        kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
        page = page(0, token);
        producer = kafka.producer();
    }

    private LivePage page(int port, Optional<String> token) {
        return LivePage.start(
                kafka, config, new LivePage.Access(LivePage.LOOPBACK, port, token, Set.of()));
    }

    /** Starts the page again where it was, after it was closed. */
    void restart() {
        page = page(port(), Optional.empty());
    }

    /** Of the page, {@code host:port}. */
    String host() {
        return page.url().substring("http://".length(), page.url().length() - 1);
    }

    int port() {
        return Integer.parseInt(host().substring(host().indexOf(':') + 1));
    }

    void observe(long at, String key, SpecificRecordBase value) {
        send(FreshetOptions.observationsTopic(config), at, key, value);
    }

    void answer(long at, String key, SpecificRecordBase value) {
        send(FreshetOptions.predictionsTopic(config), at, key, value);
    }

    void telemetry(long at, SpecificRecordBase value) {
        send(config.get(FreshetOptions.TELEMETRY_TOPIC), at, "", value);
    }

    void alert(long at, SpecificRecordBase value) {
        send(config.get(FreshetOptions.ALERTS_TOPIC), at, "", value);
    }

    void label(long at, String id, SpecificRecordBase value) {
        send(config.get(ImageOptions.LABELS_TOPIC), at, id, value);
    }

    void acknowledge(SpecificRecordBase value) {
        send(
                config.get(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC),
                System.currentTimeMillis(),
                "",
                value);
    }

    void command(long at, SpecificRecordBase value) {
        send(config.get(FreshetOptions.CONTROL_TOPIC), at, "", value);
    }

    void model(OutRecord record) {
        write(
                new ProducerRecord<>(
                        config.get(FreshetOptions.MODELS_TOPIC), record.key, record.value));
    }

    void deadLetter(long at, String reason, String detail) {
        var headers = new RecordHeaders();
        Map.of(
                        "freshet.reason", reason,
                        "freshet.detail", detail,
                        "freshet.topic", "observations",
                        "freshet.partition", "1",
                        "freshet.offset", "4711")
                .forEach(
                        (name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        write(
                new ProducerRecord<>(
                        config.get(FreshetOptions.DEAD_LETTERS_TOPIC),
                        null,
                        at,
                        new byte[0],
                        "<script>document.title = 'hacked'</script>"
                                .getBytes(StandardCharsets.UTF_8),
                        headers));
    }

    private void send(String topic, long at, String key, SpecificRecordBase value) {
        write(
                new ProducerRecord<>(
                        topic,
                        null,
                        at,
                        key.getBytes(StandardCharsets.UTF_8),
                        PageRecords.bytes(value)));
    }

    private void write(ProducerRecord<byte[], byte[]> record) {
        var unused =
                producer.send(
                        record,
                        (written, failure) -> {
                            if (failure != null) {
                                throw new IllegalStateException(
                                        "%s was not written".formatted(record.topic()), failure);
                            }
                        });
    }

    /** Until the broker has all. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
        page.close();
        broker.close();
    }
}
