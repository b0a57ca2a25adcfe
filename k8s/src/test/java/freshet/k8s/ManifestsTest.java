package freshet.k8s;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each manifest, read by the classes of its kind; those of the jobs in k8s/operator. */
class ManifestsTest {

    private static final Map<String, Class<?>> KINDS =
            Map.ofEntries(
                    entry("v1/ConfigMap", ConfigMap.class),
                    entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
                    entry("v1/Service", Service.class),
                    entry("v1/ServiceAccount", ServiceAccount.class),
                    entry("apps/v1/Deployment", Deployment.class),
                    entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
                    entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
                    entry("rbac.authorization.k8s.io/v1/Role", Role.class),
                    entry("rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class),
                    entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
                    entry("kafka.strimzi.io/v1/Kafka", Kafka.class),
                    entry("kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class),
                    entry("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
                    entry("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class));

    private static final String JOB = "flink.apache.org/v1beta1/FlinkDeployment";

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void everyResourceIsOfItsKindAndThereOnce(String overlay) throws Exception {
        var names = new TreeSet<String>();
        int jobs = 0;
        for (ObjectNode resource : render(overlay)) {
            String kind = kind(resource);
            assertThat(names.add(kind + " " + resource.at("/metadata/name").asText())).isTrue();
            if (kind.equals(JOB)) {
                jobs++;
            } else {
                assertThat(KINDS).containsKey(kind);
                assertThat(StrictReader.read(resource, KINDS.get(kind))).isNotNull();
            }
        }
        assertThat(jobs).isEqualTo(3);
    }

    @Test
    void aMisspeltFieldIsFound() {
        for (String kind : KINDS.keySet()) {
            String overlay = kind.startsWith("monitoring") ? "prod" : "dev";
            ObjectNode resource =
                    render(overlay).stream()
                            .filter(one -> kind(one).equals(kind))
                            .findFirst()
                            .get();
            boolean inside = resource.has("spec");
            ((ObjectNode) (inside ? resource.get("spec") : resource)).put("relicas", 1);
            assertThatThrownBy(() -> StrictReader.read(resource, KINDS.get(kind)))
                    .as(kind)
                    .hasMessageContaining("relicas");
        }
    }

    @Test
    void aWrongTypeIsFound() {
        ObjectNode page = page("dev");
        ((ObjectNode) page.get("spec")).put("replicas", "one");
        assertThatThrownBy(() -> StrictReader.read(page, Deployment.class))
                .hasMessageContaining("replicas");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void secretsAreReferredToOnly(String overlay) {
        List<ObjectNode> resources = render(overlay);
        assertThat(resources).noneMatch(resource -> kind(resource).equals("v1/Secret"));
        assertThat(resources.toString()).doesNotContainPattern("(?i)password *[=:]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void whatAPodMountsIsThereOrASecret(String overlay) {
        List<ObjectNode> resources = render(overlay);
        for (ObjectNode resource : resources) {
            var mounted = new TreeSet<String>();
            var volumes = new TreeSet<String>();
            for (JsonNode list : resource.findValues("volumeMounts")) {
                list.forEach(mount -> mounted.add(mount.get("name").asText()));
            }
            for (JsonNode list : resource.findValues("volumes")) {
                if (kind(resource).startsWith("kafka.strimzi.io")) {
                    continue;
                }
                for (JsonNode volume : list) {
                    volumes.add(volume.get("name").asText());
                    if (volume.has("configMap")) {
                        String name = volume.at("/configMap/name").asText();
                        assertThat(Kustomization.find(resources, "ConfigMap", name)).isPresent();
                    }
                    if (volume.has("persistentVolumeClaim")) {
                        String name = volume.at("/persistentVolumeClaim/claimName").asText();
                        assertThat(Kustomization.find(resources, "PersistentVolumeClaim", name))
                                .isPresent();
                    }
                }
            }
            assertThat(volumes).as(kind(resource)).isEqualTo(mounted);
        }
    }

    /**
     * A selector of labels that no pod has would silently let nothing through, or protect nothing.
     */
    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void everySelectorFitsAPod(String overlay) {
        List<ObjectNode> resources = render(overlay);
        List<Map<String, String>> pods = new ArrayList<>();
        pods.add(labels(page(overlay).at("/spec/template/metadata/labels")));
        for (ObjectNode job : resources) {
            if (kind(job).equals(JOB)) {
                // What Flink itself adds in native mode.
                for (String component : List.of("jobmanager", "taskmanager")) {
                    Map<String, String> pod = labels(job.at("/spec/podTemplate/metadata/labels"));
                    pod.put("app", job.at("/metadata/name").asText());
                    pod.put("component", component);
                    pod.put("type", "flink-native-kubernetes");
                    pods.add(pod);
                }
            }
        }
        assertThat(pods).hasSize(7);
        int selectors = 0;
        for (ObjectNode resource : resources) {
            for (String at :
                    List.of("/spec/selector/matchLabels", "/spec/podSelector/matchLabels")) {
                if (resource.at(at).isObject()) {
                    selectors++;
                    Map<String, String> wanted = labels(resource.at(at));
                    assertThat(pods)
                            .as("%s", resource)
                            .anyMatch(pod -> pod.entrySet().containsAll(wanted.entrySet()));
                }
            }
        }
        assertThat(selectors).isGreaterThanOrEqualTo(12);
        JsonNode service = Kustomization.find(resources, "Service", "freshet-page").orElseThrow();
        assertThat(labels(page(overlay).at("/spec/template/metadata/labels")))
                .containsAllEntriesOf(labels(service.at("/spec/selector")));
    }

    @Test
    void gpuOverlayGivesACardToLearnAndServeAlone() {
        List<String> with = new ArrayList<>();
        for (ObjectNode job : render("gpu")) {
            if (job.at("/spec/flinkConfiguration/external-resources").asText().equals("gpu")) {
                with.add(job.at("/metadata/name").asText());
                assertThat(job.at("/spec/taskManager/podTemplate/spec/nodeSelector").size())
                        .isOne();
            }
        }
        assertThat(with).containsExactly("freshet-learn", "freshet-serve");
    }

    private static ObjectNode page(String overlay) {
        return Kustomization.find(render(overlay), "Deployment", "freshet-page").orElseThrow();
    }

    private static Map<String, String> labels(JsonNode node) {
        assertThat(node).isInstanceOf(ObjectNode.class).isNotInstanceOf(ArrayNode.class);
        Map<String, String> labels = new TreeMap<>();
        node.properties().forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    private static List<ObjectNode> render(String overlay) {
        return Kustomization.render(Path.of("overlays", overlay));
    }

    private static String kind(JsonNode resource) {
        return resource.get("apiVersion").asText() + "/" + resource.get("kind").asText();
    }
}
