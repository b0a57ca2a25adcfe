package freshet.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.k8s.Kustomization;
import freshet.k8s.StrictReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.config.FlinkConfigManager;
import org.apache.flink.kubernetes.operator.validation.DefaultValidator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jobs' manifests, as the operator reads and judges them before it does anything. */
class FlinkDeploymentTest {

    /** Operators know 2.2 from 1.14 on; these classes are older, all else of them is the same. */
    private static final String VERSION = "v2_2";

    private static final String KNOWN_VERSION = "v1_18";

    /** Options by the names that they had in the operator's own Flink, 1.17. */
    private static final Map<String, String> OLD_NAMES =
            Map.of(
                    "execution.checkpointing.dir", "state.checkpoints.dir",
                    "execution.checkpointing.savepoint-dir", "state.savepoints.dir",
                    "high-availability.type", "high-availability");

    private final DefaultValidator validator =
            new DefaultValidator(new FlinkConfigManager(new Configuration()));

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void theOperatorTakesEveryJob(String overlay) throws Exception {
        List<ObjectNode> jobs = jobs(overlay);
        assertThat(jobs)
                .extracting(job -> job.at("/metadata/name").asText())
                .containsExactlyInAnyOrder("freshet-learn", "freshet-serve", "freshet-watch");
        for (JsonNode job : jobs) {
            FlinkDeployment deployment = StrictReader.read(job, FlinkDeployment.class);
            assertThat(validator.validateDeployment(deployment)).isEmpty();
        }
    }

    @Test
    void aMisspeltFieldIsFound() {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/job")).put("upgradeMod", "savepoint");
        assertThatThrownBy(() -> StrictReader.read(job, FlinkDeployment.class))
                .hasMessageContaining("upgradeMod");
    }

    @Test
    void aMisspeltFieldOfThePodIsFound() {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/podTemplate/spec/containers/0")).put("imagePullPolice", "x");
        assertThatThrownBy(() -> StrictReader.read(job, FlinkDeployment.class))
                .hasMessageContaining("imagePullPolice");
    }

    @Test
    void aWrongTypeIsFound() {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/job")).put("parallelism", "two");
        assertThatThrownBy(() -> StrictReader.read(job, FlinkDeployment.class))
                .hasMessageContaining("parallelism");
    }

    @Test
    void theOperatorRefusesAJobWithoutAPlaceForCheckpoints() throws Exception {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/flinkConfiguration")).remove("state.checkpoints.dir");
        Optional<String> refusal =
                validator.validateDeployment(StrictReader.read(job, FlinkDeployment.class));
        assertThat(refusal).hasValueSatisfying(why -> assertThat(why).contains("Checkpoint dir"));
    }

    @Test
    void theOperatorRefusesTheLastStateWithoutHighAvailability() throws Exception {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/flinkConfiguration")).remove("high-availability");
        ((ObjectNode) job.at("/spec/job")).put("upgradeMode", "last-state");
        Optional<String> refusal =
                validator.validateDeployment(StrictReader.read(job, FlinkDeployment.class));
        assertThat(refusal).hasValueSatisfying(why -> assertThat(why).contains("HA disabled"));
    }

    @Test
    void aStateOfTheJobThatThereIsNotIsFound() {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/job")).put("state", "runing");
        assertThatThrownBy(() -> StrictReader.read(job, FlinkDeployment.class))
                .hasMessageContaining("runing");
    }

    @Test
    void theOperatorRefusesAJobOfNoSubtasks() throws Exception {
        ObjectNode job = jobs("dev").get(0);
        ((ObjectNode) job.at("/spec/job")).put("parallelism", -1);
        Optional<String> refusal =
                validator.validateDeployment(StrictReader.read(job, FlinkDeployment.class));
        assertThat(refusal).hasValueSatisfying(why -> assertThat(why).contains("parallelism"));
    }

    private static List<ObjectNode> jobs(String overlay) {
        List<ObjectNode> jobs =
                Kustomization.render(Path.of("..", "overlays", overlay)).stream()
                        .filter(
                                resource ->
                                        resource.path("kind").asText().equals("FlinkDeployment"))
                        .toList();
        for (ObjectNode job : jobs) {
            assertThat(job.at("/spec/flinkVersion").asText()).isEqualTo(VERSION);
            ((ObjectNode) job.get("spec")).put("flinkVersion", KNOWN_VERSION);
            var options = (ObjectNode) job.at("/spec/flinkConfiguration");
            OLD_NAMES.forEach((name, old) -> options.set(old, options.remove(name)));
        }
        return jobs;
    }
}
