package freshet.jobs.commands;

import freshet.jobs.KafkaAccess;
import freshet.jobs.Settings;
import freshet.pipelines.FreshetOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** Options of every command that needs the settings: where they are and what to change in them. */
public final class SettingsOptions {

    private static final Path STANDARD = Path.of("freshet.yaml");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings; default: freshet.yaml in this folder, if there is one.")
    private Path config;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers; same as -Dkafka.bootstrap-servers=HOST:PORT.")
    private String bootstrap;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Sets one option, whatever the file says.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /** File and overrides, read and checked. */
    public Configuration read() {
        Optional<Path> file = Optional.ofNullable(config);
        if (file.isEmpty() && Files.exists(STANDARD)) {
            file = Optional.of(STANDARD);
        }
        Map<String, String> values = new TreeMap<>(overrides);
        if (bootstrap != null) {
            values.put(FreshetOptions.BOOTSTRAP_SERVERS.key(), bootstrap);
        }
        return new Settings(FreshetOptions.all()).read(file, values);
    }

    /** The Kafka that the settings name. */
    static KafkaAccess kafka(Configuration configuration) {
        return KafkaAccess.of(configuration);
    }
}
