package freshet.jobs;

import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.RoundOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics of the pipeline: names from the options, and how each is kept. */
public final class Topics {

    /** A dead letter holds the whole bad record, also one that was far too long. */
    private static final String DEAD_LETTER_BYTES = String.valueOf(17 << 20);

    /**
     * A stop holds until it is ended, however long ago it was ordered: so commands go by bytes
     * alone, some hundred thousand of them, which a robot reads before its first step.
     */
    private static final Map<String, String> KEPT_COMMANDS =
            Map.of(
                    "retention.ms", "-1",
                    "retention.bytes", String.valueOf(16 << 20),
                    "segment.bytes", String.valueOf(4 << 20));

    /**
     * A share is read at once or never: what is left behind is of rounds that are over. The broker
     * looks for what it may delete every five minutes, so there may be more by what comes in them.
     */
    private static final Map<String, String> SHORT_LIVED =
            Map.of(
                    "retention.ms", String.valueOf(Duration.ofHours(1).toMillis()),
                    "retention.bytes", String.valueOf(1 << 30),
                    "segment.bytes", String.valueOf(64 << 20));

    private Topics() {}

    /**
     * Makes those that are missing, and checks that the brokers allow transactions as long as ours.
     *
     * @param partitions of the topics of observations, labels and predictions
     * @throws CommandFailure if no broker answers or something is refused
     */
    public static void prepare(KafkaAccess kafka, Configuration config, int partitions) {
        kafka.createTopics(of(config, partitions));
        checkTransactions(kafka, config);
    }

    /**
     * @throws CommandFailure if the brokers allow no transactions as long as ours
     */
    static void checkTransactions(KafkaAccess kafka, Configuration config) {
        Duration ours = config.get(FreshetOptions.TRANSACTION_TIMEOUT);
        kafka.longestTransaction()
                .filter(theirs -> theirs.compareTo(ours) < 0)
                .ifPresent(
                        theirs -> {
                            throw new CommandFailure(
                                    ("%s is %d s, but the brokers allow transactions of %d s at"
                                                    + " most: lower it, or raise their"
                                                    + " transaction.max.timeout.ms")
                                            .formatted(
                                                    FreshetOptions.TRANSACTION_TIMEOUT.key(),
                                                    ours.toSeconds(),
                                                    theirs.toSeconds()));
                        });
    }

    /**
     * All topics that the pipeline reads or writes.
     *
     * @param partitions of the topics of observations, labels and predictions
     */
    public static List<NewTopic> of(ReadableConfig config, int partitions) {
        List<NewTopic> topics = new ArrayList<>();
        topics.add(topic(FreshetOptions.observationsTopic(config), partitions));
        topics.add(topic(FreshetOptions.predictionsTopic(config), partitions));
        if (config.get(FreshetOptions.PIPELINE) == FreshetOptions.Pipeline.IMAGES) {
            topics.add(topic(config.get(ImageOptions.LABELS_TOPIC), partitions));
        }
        // One partition: a manifest must come after its chunks.
        topics.add(
                topic(config.get(FreshetOptions.MODELS_TOPIC), 1)
                        .configs(Map.of("cleanup.policy", "compact")));
        topics.add(topic(config.get(FreshetOptions.TELEMETRY_TOPIC), 1));
        topics.add(topic(config.get(FreshetOptions.CONTROL_TOPIC), 1).configs(KEPT_COMMANDS));
        topics.add(
                topic(config.get(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC), 1).configs(KEPT_COMMANDS));
        if (RoundOptions.enabled(config)) {
            topics.add(topic(config.get(FreshetOptions.ROUNDS_TOPIC), 1).configs(SHORT_LIVED));
        }
        topics.add(topic(config.get(FreshetOptions.ALERTS_TOPIC), 1));
        topics.add(
                topic(config.get(FreshetOptions.DEAD_LETTERS_TOPIC), 1)
                        .configs(Map.of("max.message.bytes", DEAD_LETTER_BYTES)));
        return topics;
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty());
    }
}
