package freshet.learners.stability.remedies;

import freshet.learners.Order;
import freshet.learners.stability.rules.YamlMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where remedies come from, as text: it travels to the workers, and {@link #read} makes remedies of
 * it.
 *
 * @param file its name, for people; empty: the default remedies
 * @param text its lines
 * @param mode whether remedies act
 */
public record PolicySource(String file, String text, Mode mode) implements Serializable {

    private static final String DEFAULTS = "default-policy.yaml";
    private static final int LONGEST = 1_000_000;

    /** What a policy may do. */
    public enum Mode {
        /** Nothing. */
        OFF,
        /** Its orders are trials, which a person may confirm. */
        PROPOSE,
        /** Its orders hold, but for those of remedies that ask for confirmation. */
        ACT
    }

    /** The remedies that come with this library. */
    public static PolicySource defaults(Mode mode) {
        return new PolicySource("", "", mode);
    }

    /**
     * Remedies of a file.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static PolicySource of(Path file, Mode mode) {
        try {
            return new PolicySource(file.toString(), Files.readString(file), mode);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "remedy file %s cannot be read: %s".formatted(file, e), e);
        }
    }

    /**
     * Reads and checks the remedies, those that come first being tried first.
     *
     * @param rules names of the rules there are
     * @param actions names of the actions there are, each with those of its arguments
     * @throws IllegalArgumentException in one line that names the file, the line and what is wrong
     */
    public Policy.Plan read(Set<String> rules, Map<String, Set<String>> actions) {
        YamlMap root =
                file.isEmpty() ? YamlMap.read(DEFAULTS, defaultText()) : YamlMap.read(file, text);
        YamlMap remedies = root.map("remedies");
        root.refuseUnknown();
        List<Remedy> all = new ArrayList<>();
        for (String name : remedies.keys()) {
            all.add(remedy(name, remedies.named(name), rules, actions));
        }
        return new Policy.Plan(all, mode);
    }

    private Remedy remedy(
            String name, YamlMap map, Set<String> rules, Map<String, Set<String>> actions) {
        if (!name.matches("[A-Z][A-Z0-9_]{1,63}")) {
            throw new IllegalArgumentException(
                    "%s: remedy %s must be 2 to 64 capitals, digits or _"
                            .formatted(map.where(""), name));
        }
        List<String> on = map.words("on");
        if (on.isEmpty()) {
            throw map.bad("on", "names no rule");
        }
        for (String rule : on) {
            // A file may leave rules out that the default remedies name.
            if (!rules.contains(rule) && !file.isEmpty()) {
                throw map.bad("on", "names no rule: %s; there are %s".formatted(rule, rules));
            }
        }
        List<List<Order>> steps = new ArrayList<>();
        for (YamlMap step : map.maps("steps")) {
            steps.add(orders(step, actions));
        }
        List<Order> after = map.has("after") ? orders(map.map("after"), actions) : List.of();
        Remedy remedy =
                new Remedy(
                        name,
                        List.copyOf(on),
                        map.flag("perLayer", false),
                        map.flag("confirm", false),
                        map.whole("patience", 1, LONGEST, 20),
                        map.whole("quiet", 0, LONGEST, 100),
                        map.whole("every", 0, LONGEST, 500),
                        List.copyOf(steps),
                        after);
        map.refuseUnknown();
        return remedy;
    }

    private static List<Order> orders(YamlMap step, Map<String, Set<String>> actions) {
        List<Order> orders = new ArrayList<>();
        for (String action : step.keys()) {
            Set<String> known = actions.get(action);
            if (known == null) {
                throw step.bad(action, "is no action; there are " + actions.keySet());
            }
            YamlMap given = step.map(action);
            Map<String, String> arguments = new TreeMap<>();
            for (String name : given.keys()) {
                if (!known.contains(name)) {
                    throw given.bad(name, "is no argument, only " + known);
                }
                arguments.put(name, given.text(name, null));
            }
            orders.add(Order.of(action, arguments));
        }
        return List.copyOf(orders);
    }

    private static String defaultText() {
        try (InputStream in = PolicySource.class.getResourceAsStream(DEFAULTS)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
