package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.pipelines.RobotOptions;
import freshet.pipelines.RoundOptions;
import freshet.pipelines.TrialOptions;
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

    Map<String, String> TWO_WORKERS =
            Map.of(RoundOptions.WORKERS.key(), "2", RoundOptions.BATCHES.key(), "2");

    /** New versions are tried on half of the keys, each decided after a few pairs. */
    Map<String, String> TRIALS =
            Map.of(
                    TrialOptions.SHARE.key(), "0.5",
                    TrialOptions.LEAST.key(), "2",
                    TrialOptions.MOST.key(), "6");

    static RealStream of(Kind kind) {
        return switch (kind) {
            case texts -> new FixedStream(Map.of());
            case sharedTexts -> new FixedStream(TWO_WORKERS);
            case triedTexts -> new FixedStream(TRIALS);
            case triedImages -> new FixedPictures(TRIALS);
            case commandedTexts -> new CommandedStream(new FixedStream(Map.of()), "text", 40);
            case images -> new FixedPictures(Map.of());
            case commandedImages ->
                    new CommandedStream(new FixedPictures(Map.of()), "image", NEWEST);
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
