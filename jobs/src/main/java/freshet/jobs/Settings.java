package freshet.jobs;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads {@code freshet.yaml} and {@code -Dkey=value} into a Flink configuration.
 *
 * <p>Keys may be nested, dotted or both: {@code model: {width: 128}} is {@code model.width: 128}.
 * Our own options are checked: an unknown key or a value of the wrong type stops the command and
 * names the option. Everything else is Flink's and handed over as it is.
 */
public final class Settings {

    /** {@code model-overrides.NAME.OPTION} sets an option for one model. */
    private static final String OVERRIDES = "model-overrides";

    /**
     * Misspellings up to this many letters away from one of our options are not taken for Flink's.
     */
    private static final int TYPO_LETTERS = 2;

    private final Map<String, ConfigOption<?>> known = new TreeMap<>();

    public Settings(Collection<ConfigOption<?>> known) {
        known.forEach(option -> this.known.put(option.key(), option));
    }

    /**
     * Reads the file, then the overrides, and checks both.
     *
     * @throws CommandFailure in one line, naming file, option and value
     */
    public Configuration read(Optional<Path> file, Map<String, String> overrides) {
        Map<String, String> values = new TreeMap<>();
        file.ifPresent(path -> flatten(path, "", load(path), values));
        values.putAll(overrides);
        values.keySet().forEach(this::checkKey);
        Configuration configuration = Configuration.fromMap(values);
        for (ConfigOption<?> option : known.values()) {
            checkValue(configuration, option);
        }
        return configuration;
    }

    private static Object load(Path path) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (Reader reader = Files.newBufferedReader(path)) {
            Object root = new Yaml(new SafeConstructor(options)).load(reader);
            return root == null ? Map.of() : root;
        } catch (NoSuchFileException e) {
            throw new CommandFailure("settings file %s does not exist".formatted(path), e);
        } catch (IOException e) {
            throw new CommandFailure("settings file %s cannot be read: %s".formatted(path, e), e);
        } catch (MarkedYAMLException e) {
            throw new CommandFailure(
                    "%s line %d: %s"
                            .formatted(path, e.getProblemMark().getLine() + 1, e.getProblem()),
                    e);
        }
    }

    private static void flatten(Path file, String key, Object value, Map<String, String> into) {
        if (value instanceof Map<?, ?> map) {
            String prefix = key.isEmpty() ? "" : key + ".";
            map.forEach((name, inner) -> flatten(file, prefix + name, inner, into));
        } else if (key.isEmpty()) {
            throw new CommandFailure("%s must hold lines of the form key: value".formatted(file));
        } else if (value == null) {
            throw new CommandFailure("%s: %s has no value".formatted(file, key));
        } else {
            String text = value instanceof List<?> list ? joined(list) : value.toString();
            if (into.put(key, text) != null) {
                throw new CommandFailure(
                        "%s: %s is there twice, nested and dotted".formatted(file, key));
            }
        }
    }

    private static String joined(List<?> list) {
        return list.stream().map(String::valueOf).collect(Collectors.joining(";"));
    }

    private void checkKey(String key) {
        String option = key;
        if (root(key).equals(OVERRIDES)) {
            String[] parts = key.split("\\.", 3);
            if (parts.length < 3) {
                throw new CommandFailure("%s: must be %s.NAME.OPTION".formatted(key, OVERRIDES));
            }
            option = parts[2];
            if (!isOurs(option)) {
                throw unknown(key, option);
            }
        }
        if (isOurs(option)) {
            return;
        }
        boolean ourRoot =
                known.keySet().stream().map(Settings::root).anyMatch(root(option)::equals);
        if (ourRoot || distance(option, nearest(option)) <= TYPO_LETTERS) {
            throw unknown(key, option);
        }
    }

    private boolean isOurs(String key) {
        if (known.containsKey(key)) {
            return true;
        }
        // An option that is a map takes its entries as keys below it.
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            ConfigOption<?> parent = known.get(key.substring(0, dot));
            if (parent != null && parent.defaultValue() instanceof Map) {
                return true;
            }
        }
        return false;
    }

    private CommandFailure unknown(String key, String option) {
        return new CommandFailure(
                "%s is not an option; did you mean %s?".formatted(key, nearest(option)));
    }

    private String nearest(String key) {
        String best = "";
        for (String candidate : known.keySet()) {
            if (best.isEmpty() || distance(key, candidate) < distance(key, best)) {
                best = candidate;
            }
        }
        return best;
    }

    private static <T> void checkValue(Configuration configuration, ConfigOption<T> option) {
        try {
            configuration.getOptional(option);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    "%s is '%s', which cannot be read (%s)"
                            .formatted(
                                    option.key(),
                                    configuration.toMap().get(option.key()),
                                    reason(e, option)),
                    e);
        }
    }

    private static String reason(Throwable e, ConfigOption<?> option) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        Object standard = option.defaultValue();
        return standard == null ? message : "%s; default is %s".formatted(message, standard);
    }

    private static String root(String key) {
        int dot = key.indexOf('.');
        return dot < 0 ? key : key.substring(0, dot);
    }

    /** Levenshtein distance: letters to insert, delete or replace. */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
