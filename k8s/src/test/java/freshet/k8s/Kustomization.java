package freshet.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Renders what our manifests use of kustomize, so that the tests need no such program: resources,
 * components, patches by target, config maps from files, a namespace. Anything else is refused. The
 * names of config maps get no hash. Where kustomize is at hand, a test compares.
 */
public final class Kustomization {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final Set<String> KNOWN =
            Set.of(
                    "apiVersion",
                    "kind",
                    "namespace",
                    "resources",
                    "components",
                    "configurations", // where the hash goes
                    "configMapGenerator",
                    "patches");

    /** Groups whose lists kustomize merges by key; for others a patch replaces a list. */
    private static final String LISTS_MERGED_BY_KEY = "v1|(apps|batch|policy)/.*|.*\\.k8s\\.io/.*";

    private final List<ObjectNode> resources;

    private Kustomization(List<ObjectNode> resources) {
        this.resources = resources;
    }

    /**
     * What {@code kubectl kustomize FOLDER} prints, in the order of the files.
     *
     * @throws IllegalArgumentException if the folder uses what is not known here
     */
    public static List<ObjectNode> render(Path folder) {
        var rendered = new Kustomization(new ArrayList<>());
        rendered.add(folder);
        return rendered.resources;
    }

    /** The documents of a YAML text. */
    public static List<ObjectNode> documents(String yaml) {
        try (MappingIterator<ObjectNode> all = YAML.readerFor(ObjectNode.class).readValues(yaml)) {
            return all.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Path folder) {
        ObjectNode file = documents(read(folder.resolve("kustomization.yaml"))).get(0);
        file.fieldNames()
                .forEachRemaining(
                        key -> require(KNOWN.contains(key), "%s in %s".formatted(key, folder)));
        for (JsonNode resource : file.path("resources")) {
            Path path = folder.resolve(resource.asText());
            resources.addAll(Files.isDirectory(path) ? render(path) : documents(read(path)));
        }
        for (JsonNode component : file.path("components")) {
            add(folder.resolve(component.asText()));
        }
        for (JsonNode generator : file.path("configMapGenerator")) {
            generate(folder, generator);
        }
        for (JsonNode patch : file.path("patches")) {
            patch(folder, patch);
        }
        if (file.has("namespace")) {
            place(file.get("namespace").asText());
        }
    }

    private void generate(Path folder, JsonNode generator) {
        String name = generator.get("name").asText();
        ObjectNode map = YAML.createObjectNode();
        map.put("apiVersion", "v1").put("kind", "ConfigMap");
        map.putObject("metadata").put("name", name);
        ObjectNode data = map.putObject("data");
        for (JsonNode named : generator.get("files")) {
            data.put(named.asText(), read(folder.resolve(named.asText())));
        }
        boolean was = resources.removeIf(resource -> is(resource, "ConfigMap", name));
        require(
                was == generator.path("behavior").asText().equals("replace"),
                "config map %s in %s".formatted(name, folder));
        resources.add(map);
    }

    private void patch(Path folder, JsonNode entry) {
        String kind = entry.get("target").get("kind").asText();
        String name = entry.get("target").path("name").asText(".*");
        JsonNode patch = patchText(folder, entry);
        boolean found = false;
        for (int i = 0; i < resources.size(); i++) {
            ObjectNode resource = resources.get(i);
            if (is(resource, kind, name)) {
                found = true;
                resources.set(i, patched(resource, patch));
            }
        }
        require(found, "patch of %s %s in %s, which is not there".formatted(kind, name, folder));
    }

    private static JsonNode patchText(Path folder, JsonNode entry) {
        try {
            return YAML.readTree(
                    entry.has("path")
                            ? read(folder.resolve(entry.get("path").asText()))
                            : entry.get("patch").asText());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode patched(ObjectNode resource, JsonNode patch) {
        if (patch.isArray()) {
            return (ObjectNode) JsonPatch.apply(patch, resource);
        }
        ObjectNode more = patch.deepCopy();
        more.remove("metadata"); // its name is not the target's
        boolean byKey = resource.get("apiVersion").asText().matches(LISTS_MERGED_BY_KEY);
        ObjectNode result = resource.deepCopy();
        merge(result, more, byKey);
        return result;
    }

    private static void merge(ObjectNode into, JsonNode more, boolean byKey) {
        more.properties()
                .forEach(
                        field -> {
                            JsonNode value = field.getValue();
                            JsonNode old = into.get(field.getKey());
                            require(!byKey || !value.isArray(), "a list in a merged patch");
                            if (value.isNull()) {
                                into.remove(field.getKey());
                            } else if (value.isObject() && old instanceof ObjectNode known) {
                                merge(known, value, byKey);
                            } else {
                                into.set(field.getKey(), value.deepCopy());
                            }
                        });
    }

    private void place(String namespace) {
        for (ObjectNode resource : resources) {
            ((ObjectNode) resource.get("metadata")).put("namespace", namespace);
            for (JsonNode subject : resource.path("subjects")) {
                ((ObjectNode) subject).put("namespace", namespace);
            }
        }
    }

    private static boolean is(JsonNode resource, String kind, String name) {
        return resource.get("kind").asText().equals(kind)
                && resource.get("metadata").get("name").asText().matches(name);
    }

    /** One resource of a rendered overlay. */
    public static Optional<ObjectNode> find(List<ObjectNode> resources, String kind, String name) {
        return resources.stream().filter(resource -> is(resource, kind, name)).findFirst();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void require(boolean known, String what) {
        if (!known) {
            throw new IllegalArgumentException("not known to the tests: " + what);
        }
    }
}
