package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.junit.jupiter.api.Test;

/** docs/options.md says what FreshetOptions says. */
class OptionsDocTest {

    private static final String HEAD =
            """
            # Options

            Set in the YAML file or by `-D key=value`. A value that is out of range stops the job
            before it starts. `model-overrides.NAME.KEY` changes an option for one of several models.

            | option | type | default | meaning |
            |---|---|---|---|
            """;

    @Test
    void theDocumentAndTheOptionsAreInStep() throws Exception {
        var expected = new StringBuilder(HEAD);
        FreshetOptions.all().stream()
                .sorted(Comparator.comparing(ConfigOption::key))
                .forEach(option -> expected.append(row(option)));
        // If this fails: paste what was expected into docs/options.md.
        assertThat(Files.readString(Path.of("..", "docs", "options.md")))
                .isEqualTo(expected.toString());
    }

    private static String row(ConfigOption<?> option) {
        String meaning = new HtmlFormatter().format(option.description());
        return "| `%s` | %s | %s | %s |%n"
                .formatted(option.key(), type(option), defaultOf(option), meaning)
                .replace(System.lineSeparator(), "\n");
    }

    private static String type(ConfigOption<?> option) {
        Object value = option.defaultValue();
        if (value instanceof Enum<?> constant) {
            List<String> names = new ArrayList<>();
            for (Object one : constant.getDeclaringClass().getEnumConstants()) {
                names.add(one.toString().toLowerCase(Locale.ROOT));
            }
            return String.join(", ", names);
        }
        return value instanceof List
                ? "list"
                : value instanceof Map
                        ? "map"
                        : value == null
                                ? "string"
                                : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String defaultOf(ConfigOption<?> option) {
        Object value = option.defaultValue();
        if (value == null) {
            return "none";
        }
        if (value instanceof Duration duration) {
            return duration.toMillis() % 1000 == 0
                    ? duration.toSeconds() + " s"
                    : duration.toMillis() + " ms";
        }
        return value instanceof Enum ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
    }
}
