package freshet.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.KafkaRights;
import freshet.jobs.KafkaRights.Right;
import freshet.jobs.Settings;
import freshet.jobs.StreamJob.Branches;
import freshet.jobs.Topics;
import freshet.pipelines.FreshetOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics and users of Strimzi are those that the settings beside them ask for. */
class KafkaResourcesTest {

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void theSettingsCanBeRead(String overlay) {
        Configuration settings = settings(overlay);
        assertThat(settings.get(FreshetOptions.BOOTSTRAP_SERVERS)).endsWith(":9093");
        FreshetOptions.check(settings);
    }

    @Test
    void topicsAreThoseOfThePipeline() {
        Map<String, String> theirs = new TreeMap<>();
        for (ObjectNode topic : strimzi("KafkaTopic")) {
            Map<String, String> config = new TreeMap<>();
            topic.at("/spec/config")
                    .properties()
                    .forEach(one -> config.put(one.getKey(), one.getValue().asText()));
            theirs.put(name(topic), described(topic.at("/spec/partitions").asInt(), config));
        }
        Map<String, String> ours = new TreeMap<>();
        for (NewTopic topic : Topics.of(settings("dev"), 3)) {
            Map<String, String> config = topic.configs() == null ? Map.of() : topic.configs();
            ours.put(topic.name(), described(topic.numPartitions(), new TreeMap<>(config)));
        }
        assertThat(theirs).isEqualTo(ours);
    }

    private static String described(int partitions, Map<String, String> config) {
        return partitions + " " + config;
    }

    @Test
    void usersHaveTheLeastRights() {
        Configuration settings = settings("dev");
        Map<String, Set<String>> ours = new TreeMap<>();
        for (Branches branches : List.of(Branches.LEARN, Branches.SERVE, Branches.WATCH)) {
            ours.put(
                    "freshet-" + branches.name().toLowerCase(Locale.ROOT),
                    described(KafkaRights.of(settings, branches)));
        }
        ours.put("freshet-page", described(KafkaRights.ofPage(settings)));

        Map<String, Set<String>> theirs = new TreeMap<>();
        for (ObjectNode user : strimzi("KafkaUser")) {
            var rights = new TreeSet<String>();
            for (JsonNode acl : user.at("/spec/authorization/acls")) {
                var operations = new TreeSet<String>();
                acl.get("operations").forEach(one -> operations.add(one.asText()));
                JsonNode resource = acl.get("resource");
                rights.add(
                        resource.get("type").asText()
                                + " "
                                + resource.get("patternType").asText()
                                + " "
                                + resource.get("name").asText()
                                + " "
                                + operations);
            }
            theirs.put(name(user), rights);
        }
        assertThat(theirs).isEqualTo(ours);
    }

    /** In Strimzi's words. */
    private static Set<String> described(List<Right> rights) {
        var lines = new TreeSet<String>();
        for (Right right : rights) {
            var operations = new TreeSet<String>();
            for (AclOperation operation : right.operations()) {
                String name = operation.name();
                operations.add(name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT));
            }
            String type =
                    switch (right.resource().resourceType()) {
                        case TOPIC -> "topic";
                        case GROUP -> "group";
                        case TRANSACTIONAL_ID -> "transactionalId";
                        default -> throw new AssertionError(right);
                    };
            String pattern =
                    switch (right.resource().patternType()) {
                        case LITERAL -> "literal";
                        case PREFIXED -> "prefix";
                        default -> throw new AssertionError(right);
                    };
            lines.add(type + " " + pattern + " " + right.resource().name() + " " + operations);
        }
        return lines;
    }

    private static Configuration settings(String overlay) {
        Path file = Path.of("overlays", overlay, "freshet.yaml");
        return new Settings(FreshetOptions.all()).read(Optional.of(file), Map.of());
    }

    private static List<ObjectNode> strimzi(String kind) {
        return Kustomization.render(Path.of("overlays", "dev")).stream()
                .filter(resource -> resource.get("kind").asText().equals(kind))
                .toList();
    }

    private static String name(JsonNode resource) {
        return resource.at("/metadata/name").asText();
    }
}
