package freshet.jobs;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.ManyOptions;
import freshet.pipelines.RoundOptions;
import freshet.pipelines.TrialOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The least rights on a Kafka with access control that each part needs; whoever reads or writes a
 * topic may describe it too. docs/security.md shows them, and the Strimzi users in {@code k8s/}
 * have them; tests compare.
 */
public final class KafkaRights {

    /**
     * One right.
     *
     * @param operations allowed on all that the pattern fits, at least one
     */
    public record Right(ResourcePattern resource, List<AclOperation> operations) {

        private static Right of(
                ResourceType type, String name, PatternType pattern, AclOperation... operations) {
            return new Right(new ResourcePattern(type, name, pattern), List.of(operations));
        }
    }

    private final ReadableConfig config;
    private final List<Right> rights = new ArrayList<>();

    private KafkaRights(ReadableConfig config) {
        this.config = config;
    }

    /** What a job of these branches needs, on topics that are there. */
    public static List<Right> of(ReadableConfig config, StreamJob.Branches branches) {
        var needed = new KafkaRights(config);
        switch (branches) {
            case LEARN -> needed.learn();
            case SERVE -> needed.serve();
            case WATCH -> needed.watch();
            case BOTH -> {
                needed.learn();
                needed.serve();
                needed.watch();
            }
        }
        return needed.rights;
    }

    /** What the live page needs: it reads all but models, of robots these too, and gives orders. */
    public static List<Right> ofPage(ReadableConfig config) {
        var needed = new KafkaRights(config);
        needed.observations();
        needed.topic(FreshetOptions.predictionsTopic(config), READ);
        needed.topic(FreshetOptions.TELEMETRY_TOPIC, READ);
        needed.topic(FreshetOptions.CONTROL_TOPIC, READ, WRITE);
        needed.topic(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC, READ);
        needed.topic(FreshetOptions.ALERTS_TOPIC, READ);
        needed.topic(FreshetOptions.DEAD_LETTERS_TOPIC, READ);
        if (config.get(FreshetOptions.PIPELINE) == FreshetOptions.Pipeline.ROBOTS) {
            needed.topic(FreshetOptions.MODELS_TOPIC, READ); // to show what it expects
        }
        return needed.rights;
    }

    private void learn() {
        observations();
        if (RoundOptions.enabled(config)) { // whose learners take no orders
            topic(FreshetOptions.ROUNDS_TOPIC, READ, WRITE);
        } else {
            topic(FreshetOptions.CONTROL_TOPIC, READ);
            topic(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC, READ, WRITE);
        }
        group("learn-", PREFIXED);
        written(config.get(FreshetOptions.MODELS_TOPIC), "");
        written(config.get(FreshetOptions.TELEMETRY_TOPIC), "-learn");
        written(config.get(FreshetOptions.DEAD_LETTERS_TOPIC), "-learn");
        if (config.get(ManyOptions.ENABLED)) { // learners answer too
            written(FreshetOptions.predictionsTopic(config), "");
        }
    }

    private void serve() {
        observations();
        topic(FreshetOptions.MODELS_TOPIC, READ);
        if (TrialOptions.enabled(config)) { // then predictors obey orders
            topic(FreshetOptions.CONTROL_TOPIC, READ);
            topic(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC, READ, WRITE);
        }
        group("predict-", PREFIXED);
        written(FreshetOptions.predictionsTopic(config), "");
        written(config.get(FreshetOptions.TELEMETRY_TOPIC), "-predict");
        written(config.get(FreshetOptions.DEAD_LETTERS_TOPIC), "-predict");
    }

    private void watch() {
        topic(FreshetOptions.TELEMETRY_TOPIC, READ);
        topic(FreshetOptions.CONTROL_TOPIC, WRITE);
        group("watch", LITERAL);
        written(config.get(FreshetOptions.ALERTS_TOPIC), "");
        written(config.get(FreshetOptions.DEAD_LETTERS_TOPIC), "-watch");
    }

    private void observations() {
        rights.add(Right.of(TOPIC, FreshetOptions.observationsTopic(config), LITERAL, READ));
        if (config.get(FreshetOptions.PIPELINE) == FreshetOptions.Pipeline.IMAGES) {
            topic(ImageOptions.LABELS_TOPIC, READ);
        }
    }

    private void topic(ConfigOption<String> topic, AclOperation... operations) {
        topic(config.get(topic), operations);
    }

    private void topic(String topic, AclOperation... operations) {
        rights.add(Right.of(TOPIC, topic, LITERAL, operations));
    }

    private void group(String reader, PatternType pattern) {
        String group = config.get(FreshetOptions.GROUP) + "-" + reader;
        rights.add(Right.of(GROUP, group, pattern, READ));
    }

    /**
     * A topic that is written, with the transactions in which it may be. Read: a sink that begins
     * looks there for transactions that were left open.
     */
    private void written(String topic, String branch) {
        topic(topic, READ, WRITE);
        String transactions = config.get(FreshetOptions.GROUP) + "-" + topic + branch;
        rights.add(Right.of(TRANSACTIONAL_ID, transactions, PREFIXED, WRITE, DESCRIBE));
    }
}
