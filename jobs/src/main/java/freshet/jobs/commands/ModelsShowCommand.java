package freshet.jobs.commands;

import freshet.jobs.models.ModelFile;
import freshet.jobs.models.Safetensors;
import freshet.jobs.models.StoredModel;
import freshet.operators.PublishedForm;
import freshet.schemas.ModelManifest;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models show}: all that is said of one version, and its tensors. */
@Command(
        name = "show",
        description = "Shows one version: manifest, metadata, tensors with shapes and L2 norms.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  freshet models show newest", "  freshet models show 640"})
public final class ModelsShowCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions options;

    @Parameters(paramLabel = "VERSION", description = "Its number, or newest.")
    private String version;

    @Override
    public void run() {
        StoredModel model = options.load(version);
        PrintWriter out = spec.commandLine().getOut();
        manifest(model.manifest(), out);
        PublishedForm form = options.settings().learner().published();
        try {
            out.printf("%n%-36s %-16s %10s %12s%n", "TENSOR", "SHAPE", "ELEMENTS", "NORM");
            for (Safetensors.Tensor tensor : ModelFile.tensors(model, form)) {
                out.printf(
                        Locale.ROOT,
                        "%-36s %-16s %,10d %12.6g%n",
                        tensor.name(),
                        shape(tensor.shape()),
                        tensor.values().length,
                        norm(tensor.values()));
            }
        } catch (IllegalArgumentException e) {
            out.printf("the settings do not fit, so tensors have no names: %s%n", e.getMessage());
        }
        out.flush();
    }

    private static void manifest(ModelManifest manifest, PrintWriter out) {
        String format = "%-18s %s%n";
        out.printf(format, "model", manifest.getModelName());
        out.printf(format, "version", manifest.getVersion());
        out.printf(format, "parent", manifest.getParentVersion());
        out.printf(
                format, "trained through", ModelsListing.eventTime(manifest.getTrainedThrough()));
        out.printf(
                format,
                "complete through",
                manifest.getCompleteThrough() == Long.MAX_VALUE
                        ? "the end of the stream"
                        : ModelsListing.eventTime(manifest.getCompleteThrough()));
        out.printf(
                format, "last learned", ModelsListing.eventTime(manifest.getLearnedAppendTime()));
        out.printf(format, "score", score(manifest.getScoreBitsPerToken()));
        out.printf(format, "kind", manifest.getKind() + ", format " + manifest.getFormatVersion());
        out.printf(format, "configuration", manifest.getConfiguration());
        if (!manifest.getTokenizerHash().isEmpty()) {
            out.printf(format, "tokenizer", manifest.getTokenizerHash());
        }
        out.printf(
                Locale.ROOT,
                "%-18s %,d bytes in %d chunks%n",
                "size",
                manifest.getTotalBytes(),
                manifest.getChunks());
        out.printf(format, "sha256", manifest.getSha256());
        new TreeMap<>(manifest.getMetadata())
                .forEach((key, value) -> out.printf(format, "metadata", key + " = " + value));
    }

    private static String score(double bitsPerToken) {
        return Double.isNaN(bitsPerToken)
                ? "-"
                : String.format(Locale.ROOT, "%.4f bits per token", bitsPerToken);
    }

    static String shape(long[] shape) {
        return Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(" x "));
    }

    /** L2 norm. */
    static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
