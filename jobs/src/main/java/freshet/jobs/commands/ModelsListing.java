package freshet.jobs.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.KafkaAccess;
import freshet.jobs.models.ModelVersions;
import freshet.jobs.models.StoredModels;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.ModelManifest;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the versions in the models topic. */
@Command(mixinStandardHelpOptions = true)
abstract class ModelsListing implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;

    @Option(names = "--model", paramLabel = "NAME", description = "Only versions of this model.")
    private String model;

    @Option(
            names = "--limit",
            defaultValue = "20",
            paramLabel = "N",
            description = "At most N versions of each model, from 1; default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public void run() {
        if (limit < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--limit is %d, must be at least 1".formatted(limit));
        }
        Configuration configuration = settings.read();
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        String topic = configuration.get(FreshetOptions.MODELS_TOPIC);
        var stored =
                new StoredModels(
                        kafka,
                        topic,
                        problem -> spec.commandLine().getErr().println("freshet: " + problem));
        print(chosen(stored.versions()), topic, kafka);
    }

    private List<ModelVersions.Version> chosen(ModelVersions versions) {
        Map<String, Integer> taken = new TreeMap<>();
        return versions.all().stream()
                .filter(version -> model == null || version.key().name().equals(model))
                .filter(version -> taken.merge(version.key().name(), 1, Integer::sum) <= limit)
                .toList();
    }

    private void print(List<ModelVersions.Version> versions, String topic, KafkaAccess kafka) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            versions.forEach(version -> out.println(json(version)));
        } else if (versions.isEmpty()) {
            out.printf("no model version in topic %s at %s%n", topic, kafka.servers());
        } else {
            String format = "%-16s %10s %10s %10s %24s %8s  %s%n";
            out.printf(
                    format, "MODEL", "VERSION", "AGE", "SIZE", "TRAINED THROUGH", "SCORE", "STATE");
            long now = System.currentTimeMillis();
            for (ModelVersions.Version version : versions) {
                ModelManifest manifest = version.manifest();
                out.printf(
                        format,
                        version.key().name(),
                        version.key().version(),
                        manifest == null ? "-" : age(now - version.publishedAtMillis()),
                        String.format(Locale.ROOT, "%.2f MB", version.bytes() / 1e6),
                        manifest == null ? "-" : eventTime(manifest.getTrainedThrough()),
                        manifest == null || Double.isNaN(manifest.getScoreBitsPerToken())
                                ? "-"
                                : String.format(
                                        Locale.ROOT, "%.3f", manifest.getScoreBitsPerToken()),
                        version.state());
            }
        }
        out.flush();
    }

    private static String json(ModelVersions.Version version) {
        ObjectNode object =
                version.manifest() == null
                        ? JsonRecords.newObject()
                        : JsonRecords.of(version.manifest());
        object.put("modelName", version.key().name());
        object.put("version", version.key().version());
        object.put("publishedAt", version.publishedAtMillis());
        object.put("bytesFound", version.bytes());
        object.put("state", version.state());
        return object.toString();
    }

    static String eventTime(long millis) {
        return millis < 0 ? "-" : Instant.ofEpochMilli(millis).toString();
    }

    /** Two units at most: {@code 42 s}, {@code 3 min}, {@code 5 h 12 min}, {@code 4 d 2 h}. */
    static String age(long millis) {
        long seconds = Math.max(0, millis / 1000);
        if (seconds < 60) {
            return seconds + " s";
        } else if (seconds < 3_600) {
            return seconds / 60 + " min";
        } else if (seconds < 86_400) {
            return "%d h %d min".formatted(seconds / 3_600, seconds / 60 % 60);
        }
        return "%d d %d h".formatted(seconds / 86_400, seconds / 3_600 % 24);
    }
}
