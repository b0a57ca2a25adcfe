package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The same texts at every call: four sources spread over the partitions, out of order by up to 450
 * ms between sources, a query in every seventeen. Event times and the log's timestamps are part of
 * the stream, so that nothing depends on when it is published.
 */
final class FixedStream implements RealStream {

    private final Map<String, String> more;

    /**
     * @param more settings, beyond its own
     */
    FixedStream(Map<String, String> more) {
        this.more = more;
    }

    private static final int WORDS_A_TEXT = 40;
    private static final String[] WORDS =
            ("the mill turns and water runs over stones under bridge while miller sleeps until"
                            + " morning comes with rain upon wheel fields of barley bread for town")
                    .split(" ");

    @Override
    public Map<String, String> settings(String name) {
        Map<String, String> settings = new TreeMap<>();
        settings.put(FreshetOptions.TEXT_TOPIC.key(), name);
        settings.put("model.width", "32");
        settings.put("model.heads", "2");
        settings.put("memory.capacity", "1024");
        settings.put("memory.shards", "4");
        settings.put("memory.context-slots-log2", "14");
        settings.putAll(more);
        return settings;
    }

    @Override
    public void publish(
            KafkaAccess kafka,
            String topic,
            int partitions,
            int records,
            long seed,
            Consumer<String> beforeEach) {
        RealStream.createTopic(kafka, topic, partitions);
        AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
        SplittableRandom random = new SplittableRandom(seed);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < records; i++) {
                int source = i % SOURCES;
                String name = "source-" + source;
                long eventTime = RealStream.eventTime(i) - source * SOURCE_DELAY_MILLIS;
                StringBuilder text = new StringBuilder();
                for (int word = 0; word < WORDS_A_TEXT; word++) {
                    text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
                }
                TextObservation observation =
                        new TextObservation(
                                name,
                                (long) (i / SOURCES),
                                eventTime,
                                ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)),
                                i % 17 != 16);
                beforeEach.accept("text/%s/%d".formatted(name, i / SOURCES));
                var unused =
                        producer.send(
                                new ProducerRecord<>(
                                        topic,
                                        source % partitions,
                                        RealStream.eventTime(i),
                                        name.getBytes(StandardCharsets.UTF_8),
                                        codec.encode(observation)));
            }
            producer.flush();
        }
    }
}
