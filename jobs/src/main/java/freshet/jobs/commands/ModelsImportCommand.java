package freshet.jobs.commands;

import freshet.jobs.models.ModelFile;
import freshet.jobs.models.ModelVersions;
import freshet.jobs.models.StoredModel;
import freshet.jobs.models.StoredModels;
import freshet.operators.ModelVersion;
import freshet.pipelines.ModelSettings;
import freshet.schemas.ModelManifest;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models import}: a file's weights as a version of its own. */
@Command(
        name = "import",
        description = {
            "Writes a file of freshet models export, perhaps changed by Python, to the models topic"
                    + " as a version of its own. Its parent is the version that the file names, its"
                    + " time that through which the file says it is trained. Predictors serve it"
                    + " until the learner publishes again, which knows nothing of it; to learn on"
                    + " from it, see learning.start-from."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  freshet models import merged.safetensors --model text"})
public final class ModelsImportCommand implements Runnable {

    /** Metadata of an imported version: the file that it came from. */
    private static final String IMPORTED = "imported.from";

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions options;

    @Parameters(paramLabel = "FILE", description = "The safetensors file.")
    private Path file;

    @Override
    public void run() {
        ModelSettings<?, ?> settings = options.settings();
        StoredModel model = ModelFile.read(file, settings.learner().published());
        StoredModels stored = options.stored();
        OptionalLong newest =
                stored.versions().all().stream()
                        .filter(version -> version.key().name().equals(options.model()))
                        .map(ModelVersions.Version::key)
                        .mapToLong(ModelVersions.Key::version)
                        .max();
        ModelManifest manifest = model.manifest();
        long number = newest.isPresent() ? newest.getAsLong() + 1 : manifest.getVersion();
        ModelVersion version = ModelVersion.of(options.model(), number, model.artifact());
        version.metadata = new TreeMap<>(version.metadata);
        version.metadata.put(IMPORTED, String.valueOf(file.getFileName()));
        version.parentVersion = manifest.getVersion();
        version.trainedThroughMillis = manifest.getTrainedThrough();
        version.completeThroughMillis = manifest.getCompleteThrough();
        version.learnedAppendTimeMillis = manifest.getLearnedAppendTime();
        version.tokenizerHash = settings.learner().tokenizerHash();
        version.scoreBitsPerToken = manifest.getScoreBitsPerToken();
        stored.write(version, settings.chunkBytes(), options.signingKeyFile());
        var out = spec.commandLine().getOut();
        out.printf(
                "version %d of %s in topic %s, parent %d: %s%n",
                number,
                options.model(),
                options.topic(),
                manifest.getVersion(),
                newest.isPresent()
                        ? "one above the newest, %d".formatted(newest.getAsLong())
                        : "the file's own number, as the topic has no version of it");
        out.flush();
    }
}
