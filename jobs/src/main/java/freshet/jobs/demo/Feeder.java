package freshet.jobs.demo;

import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import freshet.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes the corpus into the text topic, event time = now, with a bounded {@link Lead}. Which text
 * comes next follows from what the topic holds and from the time alone, so that a feeder started
 * anew goes on where the last one stopped.
 */
final class Feeder implements AutoCloseable {

    /** What is done to a text before it is sent. */
    @FunctionalInterface
    interface Hand {
        byte[] sent(String source, long sequence, long eventTimeMillis, byte[] text);
    }

    static final Hand AS_IT_IS = (source, sequence, eventTimeMillis, text) -> text;

    private static final long LOOK_EVERY_MILLIS = 200;

    private final KafkaAccess kafka;
    private final String topic;
    private final Lead lead;
    private final Hand hand;
    private final Map<String, List<byte[]>> texts = new LinkedHashMap<>();
    private final Map<String, Integer> next = new LinkedHashMap<>();
    private final AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
    private final BackgroundWork work = new BackgroundWork("feed the corpus", this::feed);
    private long lastEventTimeMillis;
    private long lateFromMillis;
    private volatile boolean finished;

    Feeder(KafkaAccess kafka, String topic, Lead lead, Hand hand) {
        this.kafka = kafka;
        this.topic = topic;
        this.lead = lead;
        this.hand = hand;
        for (String source : Corpus.sources()) {
            texts.put(source, Corpus.texts(source));
            next.put(source, 0);
        }
    }

    /** Finds out what was sent before. */
    void readBack() {
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            readBack(record.value());
                            return true;
                        });
    }

    /**
     * Starts to send.
     *
     * @param lateFrom wall clock at which the late source starts and has the stream for itself
     */
    void start(long lateFrom) {
        lateFromMillis = lateFrom;
        work.start();
    }

    boolean hasSent(String source) {
        return next.get(source) > 0;
    }

    private void readBack(byte[] value) {
        try {
            TextObservation sent = codec.decode(value);
            if (sent.getLearn() && next.containsKey(sent.getSource())) {
                next.merge(sent.getSource(), (int) sent.getSequence() + 1, Math::max);
                lastEventTimeMillis = Math.max(lastEventTimeMillis, sent.getEventTime());
                lead.sent(sent.getEventTime());
            }
        } catch (UndecodableRecordException e) {
            // Someone else's: it is in the dead letters.
        }
    }

    /** The whole corpus is in the topic. */
    boolean isFinished() {
        return finished;
    }

    /** What ended it before its time; null if nothing did. */
    RuntimeException failure() {
        return work.failure();
    }

    private void feed() throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            while (!work.isStopped() && failure() == null && !isThrough()) {
                if (lead.awaitRoom(LOOK_EVERY_MILLIS)) {
                    Optional<String> source = source(System.currentTimeMillis());
                    if (source.isPresent()) {
                        send(producer, source.get());
                    } else {
                        Thread.sleep(LOOK_EVERY_MILLIS); // early ones are through, late not due
                    }
                }
            }
            producer.flush();
            finished = isThrough();
        }
    }

    /** The late source from its time on; else the early one that has sent least. */
    private Optional<String> source(long nowMillis) {
        if (nowMillis >= lateFromMillis && hasMore(Corpus.LATE)) {
            return Optional.of(Corpus.LATE);
        }
        return Corpus.EARLY.stream()
                .filter(this::hasMore)
                .min((left, right) -> Integer.compare(next.get(left), next.get(right)));
    }

    private boolean hasMore(String source) {
        return next.get(source) < texts.get(source).size();
    }

    private boolean isThrough() {
        return texts.keySet().stream().noneMatch(this::hasMore);
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String source) {
        int sequence = next.merge(source, 1, Integer::sum) - 1;
        // Rising, so that none waits for its equals behind the watermark.
        lastEventTimeMillis = Math.max(System.currentTimeMillis(), lastEventTimeMillis + 1);
        byte[] sound = texts.get(source).get(sequence);
        ByteBuffer text = ByteBuffer.wrap(hand.sent(source, sequence, lastEventTimeMillis, sound));
        var observation =
                new TextObservation(source, (long) sequence, lastEventTimeMillis, text, true);
        lead.sent(lastEventTimeMillis);
        byte[] key = source.getBytes(StandardCharsets.UTF_8);
        var unused =
                producer.send(
                        new ProducerRecord<>(topic, key, codec.encode(observation)),
                        (metadata, problem) -> {
                            if (problem != null) {
                                work.fail(kafka.explained(topic, problem));
                            }
                        });
    }

    /** Stops between two texts; all that were sent are in the topic. */
    @Override
    public void close() {
        work.close();
    }
}
