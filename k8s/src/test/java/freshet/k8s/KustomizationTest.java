package freshet.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests' own rendering, beside kustomize itself where a kubectl of 1.21 or newer is there. */
class KustomizationTest {

    private static final String HASH = "(freshet-settings)-[a-z0-9]{10}\\b";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod", "gpu"})
    void rendersAsKustomizeDoes(String overlay) throws Exception {
        Path path = Path.of("overlays", overlay);
        String theirs = kustomize(path);
        assertThat(theirs).containsPattern("configMap:\n *name: " + HASH);
        assertThat(sorted(Kustomization.render(path)))
                .isEqualTo(sorted(Kustomization.documents(theirs.replaceAll(HASH, "$1"))));
    }

    private static String kustomize(Path overlay) throws IOException, InterruptedException {
        Process process;
        try {
            process =
                    new ProcessBuilder("kubectl", "kustomize", overlay.toString())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            assumeThat(e).as("kubectl").isNull();
            throw e;
        }
        byte[] output = process.getInputStream().readAllBytes();
        String text = new String(output, StandardCharsets.UTF_8);
        // Older ones know no components; what is wrong for a newer one must not pass as that.
        assumeThat(text).doesNotContain("unknown field \"components\"");
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    private static List<ObjectNode> sorted(List<ObjectNode> resources) {
        return resources.stream()
                .sorted(
                        Comparator.comparing(
                                resource ->
                                        resource.get("kind") + resource.at("/metadata").toString()))
                .toList();
    }

    @Test
    void whatItDoesNotKnowIsRefused() throws IOException {
        write("kustomization.yaml", "namePrefix: my-\nresources: []\n");
        assertThatThrownBy(() -> Kustomization.render(folder)).hasMessageContaining("namePrefix");
    }

    @Test
    void aPatchOfNothingIsRefused() throws IOException {
        write("kustomization.yaml", "patches: [{target: {kind: Pod}, patch: '{spec: {}}'}]\n");
        assertThatThrownBy(() -> Kustomization.render(folder)).hasMessageContaining("Pod");
    }

    /** Kustomize would merge it by the elements' names. */
    @Test
    void aListInAPatchOfKubernetesOwnKindsIsRefused() throws IOException {
        write(
                "pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n");
        write(
                "kustomization.yaml",
                """
                resources: [pod.yaml]
                patches: [{target: {kind: Pod}, patch: '{spec: {containers: []}}'}]
                """);
        assertThatThrownBy(() -> Kustomization.render(folder)).hasMessageContaining("list");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
