package freshet.learners.stability.rules;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A map of a YAML file that knows file and line of each entry, and which ones were asked for. */
public final class YamlMap {

    /** A key's value and where it stands. */
    private record Entry(String file, int line, Node value) {}

    private final String name; // of what it describes, for people
    private final String where;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();

    /**
     * Reads a whole file.
     *
     * @param file its name, for people
     * @throws IllegalArgumentException if it is no map, or has a key twice; naming file and line
     */
    public static YamlMap read(String file, String text) {
        return new YamlMap(file, "file", compose(file, text));
    }

    private static Node compose(String file, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(50); // a hostile file must not grow without bound
        try {
            Node root = new Yaml(options).compose(new StringReader(text));
            if (root == null) {
                throw new IllegalArgumentException(file + ": is empty");
            }
            return root;
        } catch (MarkedYAMLException e) {
            throw new IllegalArgumentException(
                    "%s line %d: %s"
                            .formatted(file, e.getProblemMark().getLine() + 1, e.getProblem()),
                    e);
        }
    }

    private YamlMap(String file, String name, Node node) {
        this(file, name, line(node), node);
    }

    private YamlMap(String file, String name, int line, Node node) {
        this.name = name;
        where = "%s line %d".formatted(file, line);
        if (!(node instanceof MappingNode map)) {
            throw new IllegalArgumentException(
                    "%s: %s must hold lines of the form key: value".formatted(where, name));
        }
        for (NodeTuple tuple : map.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                throw new IllegalArgumentException(
                        "%s line %d: a key must be a word".formatted(file, line(key)));
            }
            Entry entry = new Entry(file, line(key), tuple.getValueNode());
            if (entries.put(scalar.getValue(), entry) != null) {
                throw new IllegalArgumentException(
                        "%s line %d: %s is there twice"
                                .formatted(file, line(key), scalar.getValue()));
            }
        }
    }

    private YamlMap(YamlMap base, YamlMap over) {
        name = over.name;
        where = over.where;
        entries.putAll(base.entries);
        entries.putAll(over.entries);
    }

    /** These entries, and of {@code base} those that are not here. */
    public YamlMap over(YamlMap base) {
        return new YamlMap(base, this);
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    public Set<String> keys() {
        return entries.keySet();
    }

    public boolean has(String key) {
        known.add(key);
        return entries.containsKey(key);
    }

    /** File and line of an entry, or of the map if it has none. */
    public String where(String key) {
        Entry entry = entries.get(key);
        return entry == null ? where : "%s line %d".formatted(entry.file, entry.line);
    }

    public IllegalArgumentException bad(String key, String problem) {
        return new IllegalArgumentException(
                "%s: %s.%s %s".formatted(where(key), name, key, problem));
    }

    private IllegalArgumentException missing(String key) {
        return bad(key, "is missing; there are " + entries.keySet());
    }

    /** Fails if the map has keys that were never asked for. */
    public void refuseUnknown() {
        for (String key : entries.keySet()) {
            if (!known.contains(key)) {
                throw bad(key, "is not known here, only " + known.stream().sorted().toList());
            }
        }
    }

    public YamlMap map(String key) {
        known.add(key);
        Entry entry = entries.get(key);
        return new YamlMap(entry.file, name + "." + key, entry.line, entry.value);
    }

    /** A map whose name is its key alone. */
    public YamlMap named(String key) {
        known.add(key);
        Entry entry = entries.get(key);
        return new YamlMap(entry.file, key, entry.line, entry.value);
    }

    /** A list of maps; one map is a list of one. */
    public List<YamlMap> maps(String key) {
        known.add(key);
        Entry entry = entries.get(key);
        if (entry == null) {
            throw missing(key);
        }
        List<YamlMap> maps = new ArrayList<>();
        if (entry.value instanceof SequenceNode list) {
            for (Node node : list.getValue()) {
                maps.add(new YamlMap(entry.file, name + "." + key, node));
            }
        } else {
            maps.add(new YamlMap(entry.file, name + "." + key, entry.value));
        }
        if (maps.isEmpty()) {
            throw bad(key, "is empty");
        }
        return maps;
    }

    /** A list of words, empty if it is not there. */
    public List<String> words(String key) {
        known.add(key);
        Entry entry = entries.get(key);
        List<String> words = new ArrayList<>();
        if (entry == null) {
            return words;
        }
        if (!(entry.value instanceof SequenceNode list)) {
            throw bad(key, "must be a list: [A, B]");
        }
        for (Node node : list.getValue()) {
            if (!(node instanceof ScalarNode scalar)) {
                throw bad(key, "must be a list of words");
            }
            words.add(scalar.getValue());
        }
        return words;
    }

    /** A word or a text; {@code otherwise} if it is not there, fails if that is null. */
    public String text(String key, String otherwise) {
        known.add(key);
        Entry entry = entries.get(key);
        if (entry == null) {
            if (otherwise == null) {
                throw missing(key);
            }
            return otherwise;
        }
        if (!(entry.value instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
            throw bad(key, "must be a word or a text");
        }
        return scalar.getValue();
    }

    /** A constant, written camelCase. */
    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        String text = text(key, otherwise == null ? null : camelCase(otherwise));
        List<String> allowed = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            allowed.add(camelCase(constant));
            if (camelCase(constant).equals(text)) {
                return constant;
            }
        }
        throw bad(key, "is %s, must be one of %s".formatted(text, allowed));
    }

    private static String camelCase(Enum<?> constant) {
        StringBuilder name = new StringBuilder();
        for (String word : constant.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(
                    name.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    public boolean flag(String key, boolean otherwise) {
        String text = text(key, String.valueOf(otherwise));
        if (!text.equals("true") && !text.equals("false")) {
            throw bad(key, "is %s, must be true or false".formatted(text));
        }
        return text.equals("true");
    }

    public double number(String key, double low, double high, double otherwise) {
        String text = text(key, String.valueOf(otherwise));
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw bad(key, "is %s, must be a number".formatted(text));
        }
        if (!(value >= low && value <= high)) { // NaN too
            throw bad(
                    key,
                    "is %s, must be from %s to %s".formatted(text, Words.of(low), Words.of(high)));
        }
        return value;
    }

    public int whole(String key, int low, int high, int otherwise) {
        double value = number(key, low, high, otherwise);
        if (value != Math.rint(value)) {
            throw bad(key, "is %s, must be a whole number".formatted(Words.of(value)));
        }
        return (int) value;
    }
}
