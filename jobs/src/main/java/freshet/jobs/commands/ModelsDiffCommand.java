package freshet.jobs.commands;

import freshet.jobs.models.ModelFile;
import freshet.jobs.models.Safetensors;
import freshet.jobs.models.StoredModel;
import freshet.operators.PublishedForm;
import freshet.schemas.ModelManifest;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models diff}: what has changed between two versions. */
@Command(
        name = "diff",
        description = {
            "Compares two versions tensor by tensor. CHANGE is the L2 norm of the difference over"
                    + " that of A, LARGEST the greatest difference of an element. Then what differs"
                    + " in manifest and metadata."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  freshet models diff 640 newest"})
public final class ModelsDiffCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions options;

    @Parameters(index = "0", paramLabel = "A", description = "A version's number, or newest.")
    private String first;

    @Parameters(index = "1", paramLabel = "B", description = "Another one's.")
    private String second;

    @Override
    public void run() {
        StoredModel a = options.load(first);
        StoredModel b = options.load(second);
        PublishedForm form = options.settings().learner().published();
        List<Safetensors.Tensor> before = ModelFile.tensors(a, form);
        List<Safetensors.Tensor> after = ModelFile.tensors(b, form);
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-36s %-16s %10s %12s%n", "TENSOR", "SHAPE", "CHANGE", "LARGEST");
        for (int i = 0; i < before.size(); i++) {
            Safetensors.Tensor tensor = before.get(i);
            float[] difference = difference(tensor.values(), after.get(i).values());
            double largest = 0;
            for (float one : difference) {
                largest = Math.max(largest, Math.abs(one));
            }
            out.printf(
                    Locale.ROOT,
                    "%-36s %-16s %10s %12.6g%n",
                    tensor.name(),
                    ModelsShowCommand.shape(tensor.shape()),
                    change(ModelsShowCommand.norm(difference), tensor.values()),
                    largest);
        }
        Map<String, String> ofA = said(a.manifest());
        Map<String, String> ofB = said(b.manifest());
        var names = new TreeSet<>(ofA.keySet());
        names.addAll(ofB.keySet());
        for (String name : names) {
            if (!Objects.equals(ofA.get(name), ofB.get(name))) {
                out.printf("%s: %s -> %s%n", name, ofA.get(name), ofB.get(name));
            }
        }
        out.flush();
    }

    private static float[] difference(float[] from, float[] to) {
        float[] difference = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            difference[i] = to[i] - from[i];
        }
        return difference;
    }

    /** What was 0 altogether has no relative change. */
    private static String change(double difference, float[] from) {
        double norm = ModelsShowCommand.norm(from);
        return norm == 0
                ? difference == 0 ? "0 %" : "from 0"
                : String.format(Locale.ROOT, "%.3f %%", 100 * difference / norm);
    }

    private static Map<String, String> said(ModelManifest manifest) {
        Map<String, String> said = new TreeMap<>();
        for (var field : ModelManifest.getClassSchema().getFields()) {
            if (!field.name().equals("metadata")) {
                said.put(field.name(), String.valueOf(manifest.get(field.pos())));
            }
        }
        manifest.getMetadata().forEach((key, value) -> said.put("metadata." + key, value));
        return said;
    }
}
