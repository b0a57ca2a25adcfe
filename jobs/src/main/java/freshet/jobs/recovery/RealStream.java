package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.pipelines.RobotOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A stream on Kafka that is the same whenever it is published. */
interface RealStream {

    /** Event time of the first record of all streams. */
    long START_MILLIS = 1_700_000_000_000L;

    /** From record to record. */
    long STEP_MILLIS = 50;

    /** By so much each source is behind the one before. */
    long SOURCE_DELAY_MILLIS = 150;

    int SOURCES = 4;

    /** A version that no run reaches: the newest one kept stands for it. */
    long NEWEST = 1_000_000;

    static RealStream of(Kind kind) {
        return switch (kind) {
            case texts -> new FixedStream(1);
            case sharedTexts -> new FixedStream(2);
            case triedTexts -> new TriedStream(new FixedStream(1));
            case triedImages -> new TriedStream(new FixedPictures());
            case commandedTexts -> new CommandedStream(new FixedStream(1), "text", 40);
            case images -> new FixedPictures();
            case commandedImages -> new CommandedStream(new FixedPictures(), "image", NEWEST);
            case robots -> new FixedRobots(RobotOptions.Source.REPLAY);
            case streamingRobots -> new FixedRobots(RobotOptions.Source.STREAM);
            case commandedRobots ->
                    new CommandedStream(
                            new FixedRobots(RobotOptions.Source.REPLAY), "robot", NEWEST);
        };
    }

    /** Event time of record {@code number}, from 0, if its source were not behind. */
    static long eventTime(int number) {
        return START_MILLIS + number * STEP_MILLIS;
    }

    /** What a job must be told to read it, with a model small enough to be learned in seconds. */
    Map<String, String> settings(String name);

    /**
     * Makes its topics and fills them.
     *
     * @param name tells streams apart
     * @param records of the topic that is to be answered
     */
    default void publish(KafkaAccess kafka, String name, int partitions, int records, long seed) {
        publish(kafka, name, partitions, records, seed, answer -> {});
    }

    /**
     * @param beforeEach gets the {@link #key} that the answer to a record will have, before it is
     *     sent; may take its time
     */
    void publish(
            KafkaAccess kafka,
            String name,
            int partitions,
            int records,
            long seed,
            Consumer<String> beforeEach);

    /** Answers that so many records get, each counted once. */
    default int answers(int records, boolean evaluation) {
        return records;
    }

    /** What tells an answer from all others, however often it is written. */
    default String key(ConsumerRecord<byte[], byte[]> answer) {
        return new String(answer.key(), StandardCharsets.UTF_8);
    }

    static void createTopic(KafkaAccess kafka, String topic, int partitions) {
        kafka.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())));
    }
}
