package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.models.ModelFile;
import freshet.jobs.models.StoredModel;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models export}: a version as a file that Python reads. */
@Command(
        name = "export",
        description =
                "Writes one version as a safetensors file, the manifest in its metadata; Python"
                        + " reads it by safetensors.numpy.load_file.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  freshet models export newest --to text.safetensors"})
public final class ModelsExportCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions options;

    @Parameters(paramLabel = "VERSION", description = "Its number, or newest.")
    private String version;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "A new file.")
    private Path file;

    @Override
    public void run() {
        StoredModel model = options.load(version);
        try {
            ModelFile.write(model, options.settings().learner().published(), file);
        } catch (IllegalArgumentException e) { // of other settings
            throw new CommandFailure("the settings do not fit: " + e.getMessage(), e);
        }
        var out = spec.commandLine().getOut();
        out.printf(
                "version %d of %s, %,d bytes of weights, sha256 %s, in %s%n",
                model.manifest().getVersion(),
                model.manifest().getModelName(),
                model.bytes().length,
                model.manifest().getSha256(),
                file);
        out.flush();
    }
}
