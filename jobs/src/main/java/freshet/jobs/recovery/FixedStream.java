package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The same texts at every call: four sources spread over the partitions, out of order by up to 450
 * ms between sources, a query in every seventeen. Event times and the log's timestamps are part of
 * the stream, so that nothing depends on when it is published.
 */
final class FixedStream {

    private static final int SOURCES = 4;
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long STEP_MILLIS = 50;
    private static final long SOURCE_DELAY_MILLIS = 150;
    private static final int WORDS_A_TEXT = 40;
    private static final String[] WORDS =
            ("the mill turns and water runs over stones under bridge while miller sleeps until"
                            + " morning comes with rain upon wheel fields of barley bread for town")
                    .split(" ");

    private FixedStream() {}

    /** Event time of record {@code number}, from 0, if its source were not behind. */
    static long eventTime(int number) {
        return START_MILLIS + number * STEP_MILLIS;
    }

    static void publish(KafkaAccess kafka, String topic, int partitions, int records, long seed) {
        AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
        SplittableRandom random = new SplittableRandom(seed);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < records; i++) {
                int source = i % SOURCES;
                String name = "source-" + source;
                long eventTime = eventTime(i) - source * SOURCE_DELAY_MILLIS;
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
                var unused =
                        producer.send(
                                new ProducerRecord<>(
                                        topic,
                                        source % partitions,
                                        eventTime(i),
                                        name.getBytes(StandardCharsets.UTF_8),
                                        codec.encode(observation)));
            }
            producer.flush();
        }
    }
}
