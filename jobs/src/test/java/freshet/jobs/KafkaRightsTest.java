package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.KafkaRights.Right;
import freshet.pipelines.RoundOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.junit.jupiter.api.Test;

/** docs/security.md shows the rights that KafkaRights gives; k8s/ has a test of its own. */
class KafkaRightsTest {

    @Test
    void theDocumentAndTheRightsAreInStep() throws Exception {
        Configuration config = new Configuration();
        Map<String, List<Right>> columns = new LinkedHashMap<>();
        columns.put("learn", KafkaRights.of(config, StreamJob.Branches.LEARN));
        columns.put("serve", KafkaRights.of(config, StreamJob.Branches.SERVE));
        columns.put("watch", KafkaRights.of(config, StreamJob.Branches.WATCH));
        columns.put("page", KafkaRights.ofPage(config));

        Map<String, Map<String, String>> rows = new TreeMap<>();
        columns.forEach(
                (part, rights) ->
                        rights.forEach(
                                right ->
                                        rows.computeIfAbsent(
                                                        name(right.resource()),
                                                        unused -> new TreeMap<>())
                                                .put(part, operations(right))));
        var expected =
                new StringBuilder("| on | learn | serve | watch | page |\n|---|---|---|---|---|\n");
        rows.forEach(
                (resource, operations) -> {
                    expected.append("| ").append(resource);
                    for (String part : columns.keySet()) {
                        expected.append(" | ").append(operations.getOrDefault(part, ""));
                    }
                    expected.append(" |\n");
                });
        // If this fails: paste what was expected into docs/security.md.
        assertThat(Files.readString(Path.of("..", "docs", "security.md")))
                .contains(expected.toString());
    }

    @Test
    void onlyTheLearnerWritesModels() {
        Configuration config = new Configuration();
        for (var branches : StreamJob.Branches.values()) {
            boolean writes =
                    KafkaRights.of(config, branches).stream()
                            .anyMatch(
                                    right ->
                                            right.resource().name().equals("models")
                                                    && operations(right).contains("Write"));
            assertThat(writes)
                    .isEqualTo(
                            branches == StreamJob.Branches.LEARN
                                    || branches == StreamJob.Branches.BOTH);
        }
    }

    @Test
    void severalWorkersOfAModelShareATopicAndTakeNoOrders() {
        Configuration config = new Configuration();
        config.set(RoundOptions.WORKERS, 2);
        Map<String, String> rights = new TreeMap<>();
        KafkaRights.of(config, StreamJob.Branches.LEARN)
                .forEach(right -> rights.put(name(right.resource()), operations(right)));
        assertThat(rights)
                .containsEntry("topic `rounds`", "Read, Write")
                .doesNotContainKeys("topic `control`", "topic `acknowledgements`");
    }

    private static String name(ResourcePattern resource) {
        String type = resource.resourceType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String star = resource.patternType() == PatternType.PREFIXED ? "\\*" : "";
        return "%s `%s`%s".formatted(type, resource.name(), star);
    }

    private static String operations(Right right) {
        return right.operations().stream()
                .map(one -> one.name().charAt(0) + one.name().substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
    }
}
