package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.Freshet;
import freshet.jobs.models.ConfiguredModel;
import freshet.jobs.models.StoredModel;
import freshet.jobs.models.StoredModels;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ModelSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the commands that work on versions of one model. */
final class ModelOptions {

    private static final String NEWEST = "newest";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin private SettingsOptions settings;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Whose versions; default: the first model of the settings.")
    private String model;

    private Configuration configuration;

    private Configuration configuration() {
        if (configuration == null) {
            configuration = settings.read();
        }
        return configuration;
    }

    String model() {
        return model == null ? FreshetOptions.models(configuration()).get(0) : model;
    }

    String topic() {
        return configuration().get(FreshetOptions.MODELS_TOPIC);
    }

    /** Empty: versions are not signed. */
    String signingKeyFile() {
        return configuration().get(FreshetOptions.SIGNING_KEY_FILE);
    }

    StoredModels stored() {
        return new StoredModels(
                SettingsOptions.kafka(configuration()),
                topic(),
                problem -> spec.commandLine().getErr().println("freshet: " + problem));
    }

    /** What the settings say of the model. */
    ModelSettings<?, ?> settings() {
        return ConfiguredModel.of(configuration(), model());
    }

    /**
     * A version with its weights.
     *
     * @param version a number, or {@code newest}
     */
    StoredModel load(String version) {
        StoredModels stored = stored();
        return stored.load(
                model(), version.equals(NEWEST) ? newest(stored) : number(spec, version));
    }

    private long newest(StoredModels stored) {
        return stored.newest(model())
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        "no complete version of model %s in topic %s"
                                                .formatted(model(), topic())))
                .key()
                .version();
    }

    /**
     * Gives an order about a version, as {@code freshet control} does.
     *
     * @param options more of that command's
     * @return its exit code
     */
    static int order(CommandSpec spec, String action, String version, List<String> options) {
        List<String> order = new ArrayList<>(List.of("control", action));
        order.addAll(List.of("--argument", "version=" + number(spec, version)));
        order.addAll(options);
        return Freshet.commandLine()
                .setOut(spec.commandLine().getOut())
                .setErr(spec.commandLine().getErr())
                .execute(order.toArray(new String[0]));
    }

    static long number(CommandSpec spec, String version) {
        try {
            long number = Long.parseLong(version);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new ParameterException(
                spec.commandLine(),
                "version is %s, must be a number from 0 or %s".formatted(version, NEWEST));
    }
}
