package freshet.learners.stability.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where rules come from, as text: it travels to the workers, and {@link #read} makes rules of it.
 *
 * <p>A file may begin with {@code extends: default}: then a rule of a name that the default rules
 * have replaces the keys it gives and leaves the others; {@code off: [NAME]} leaves rules out, and
 * {@code signals: [name]} names measurements of learners that are not ours.
 *
 * @param file its name, for people; empty: the default rules alone
 * @param text its lines
 * @param off names of rules that are left out
 */
public record RuleSource(String file, String text, List<String> off) implements Serializable {

    private static final String DEFAULTS = "default-rules.yaml";

    public RuleSource {
        off = List.copyOf(off);
    }

    /** The rules that come with this library. */
    public static RuleSource defaults() {
        return new RuleSource("", "", List.of());
    }

    /**
     * Rules of a file.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static RuleSource of(Path file) {
        try {
            return new RuleSource(file.toString(), Files.readString(file), List.of());
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("rule file %s does not exist".formatted(file), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "rule file %s cannot be read: %s".formatted(file, e), e);
        }
    }

    /** The same without the rules of these names. */
    public RuleSource without(List<String> names) {
        List<String> all = new ArrayList<>(off);
        all.addAll(names);
        return new RuleSource(file, text, all);
    }

    /**
     * Reads and checks the rules.
     *
     * @throws IllegalArgumentException in one line that names the file, the line and what is wrong
     */
    public RuleSet read() {
        Map<String, YamlMap> maps = new LinkedHashMap<>();
        List<String> left = new ArrayList<>(off);
        List<String> ownSignals = new ArrayList<>();
        String whereOff = "rules that are switched off";
        if (file.isEmpty()) {
            maps.putAll(rules(YamlMap.read(DEFAULTS, defaultText())));
        } else {
            YamlMap root = YamlMap.read(file, text);
            if (root.has("extends")) {
                if (!root.text("extends", null).equals("default")) {
                    throw root.bad("extends", "must be default");
                }
                YamlMap base = YamlMap.read(DEFAULTS, defaultText());
                maps.putAll(rules(base));
            }
            if (root.has("off")) {
                left.addAll(root.words("off"));
                whereOff = root.where("off");
            }
            ownSignals.addAll(root.words("signals"));
            rules(root)
                    .forEach((name, own) -> maps.merge(name, own, (base, over) -> over.over(base)));
            root.refuseUnknown();
        }
        for (String name : left) {
            if (maps.remove(name) == null) {
                throw new IllegalArgumentException(
                        "%s: there is no rule %s, only %s"
                                .formatted(whereOff, name, maps.keySet()));
            }
        }
        List<Rule> rules = new ArrayList<>();
        var signals = new KnownSignals(ownSignals);
        maps.forEach((name, map) -> rules.addAll(RuleReader.read(name, map, signals)));
        checkSuppressed(rules, maps, left);
        return new RuleSet(rules);
    }

    private static void checkSuppressed(
            List<Rule> rules, Map<String, YamlMap> maps, List<String> left) {
        for (Rule rule : rules) {
            for (String other : rule.suppresses()) {
                if (!maps.containsKey(other) && !left.contains(other)) {
                    throw maps.get(rule.name()).bad("suppresses", "names no rule: " + other);
                }
            }
        }
    }

    private static Map<String, YamlMap> rules(YamlMap root) {
        Map<String, YamlMap> maps = new LinkedHashMap<>();
        if (root.has("rules")) {
            YamlMap rules = root.map("rules");
            rules.keys().forEach(name -> maps.put(name, rules.named(name)));
        }
        return maps;
    }

    private static String defaultText() {
        try (InputStream in = RuleSource.class.getResourceAsStream(DEFAULTS)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
