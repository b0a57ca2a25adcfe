package freshet.learners.language;

import freshet.learners.Measurement;
import freshet.learners.stability.AttentionEntropy;
import freshet.learners.stability.PowerIteration;
import freshet.learners.stability.Summary;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Telemetry of the transformer's training forward: attention per layer and head over the rows of
 * the new window, and the spectral norm of each matrix.
 *
 * <p>Rows with one visible key have no entropy to speak of and are left out of every mean.
 */
final class AttentionProbe {

    private static final long RANDOM_STREAM = 2;

    private final LanguageModelConfig config;
    private final Layout layout;
    private final Map<String, PowerIteration> spectra = new LinkedHashMap<>();

    AttentionProbe(LanguageModelConfig config, Layout layout, long seed) {
        this.config = config;
        this.layout = layout;
        var random = new CounterRandom(seed, RANDOM_STREAM, 0);
        for (Layout.Entry entry : layout.entries()) {
            if (entry.shape().length == 2) {
                spectra.put(
                        entry.name(), PowerIteration.random(rows(entry), columns(entry), random));
            }
        }
    }

    private static int rows(Layout.Entry entry) {
        return (int) entry.shape()[0];
    }

    private static int columns(Layout.Entry entry) {
        return (int) entry.shape()[1];
    }

    /** Outputs of the program that {@link #attention} reads. */
    Set<String> wanted() {
        var names = new TreeSet<String>();
        for (int layer = 0; layer < config.layers(); layer++) {
            names.add(TransformerProgram.ENTROPY + layer);
            names.add(TransformerProgram.CENTRED_NORM + layer);
            names.add(TransformerProgram.MAX_LOGIT + layer);
        }
        return names;
    }

    /**
     * Sums up the first window's rows.
     *
     * @param length positions of that window that are not filling
     */
    List<Measurement> attention(Outputs outputs, int length) {
        var measurements = new ArrayList<Measurement>();
        for (int layer = 0; layer < config.layers(); layer++) {
            float[] entropies = outputs.get(TransformerProgram.ENTROPY + layer); // [1, H, W]
            float[] norms = outputs.get(TransformerProgram.CENTRED_NORM + layer);
            float[] logits = outputs.get(TransformerProgram.MAX_LOGIT + layer);
            for (int head = 0; head < config.heads() && length > 1; head++) {
                var nats = new Summary();
                var normalised = new Summary();
                var bounds = new Summary();
                var slacks = new Summary();
                var greatest = new Summary();
                for (int row = 1; row < length; row++) {
                    int at = head * config.window() + row;
                    int keys = row + 1;
                    double bound = AttentionEntropy.bound(keys, norms[at]);
                    nats.add(entropies[at]);
                    normalised.add(AttentionEntropy.normalised(entropies[at], keys));
                    bounds.add(bound);
                    slacks.add(entropies[at] - bound);
                    greatest.add(logits[at]);
                }
                measurements.add(nats.of("attentionEntropyNats", layer, head));
                measurements.add(normalised.of("attentionEntropyNormalised", layer, head));
                measurements.add(bounds.of("attentionEntropyBoundNats", layer, head));
                measurements.add(slacks.of("attentionEntropySlackNats", layer, head));
                measurements.add(greatest.of("attentionMaxLogit", layer, head));
            }
        }
        return measurements;
    }

    /** One step of power iteration per matrix. */
    List<Measurement> spectralNorms(float[] parameters) {
        var measurements = new ArrayList<Measurement>();
        spectra.forEach(
                (name, spectrum) -> {
                    double norm = spectrum.step(parameters, layout.entry(name).offset());
                    int dot = name.indexOf('.');
                    int layer = dot < 0 ? -1 : Integer.parseInt(name.substring(5, dot));
                    String bare = name.substring(dot + 1);
                    String measured =
                            "spectralNorm"
                                    + Character.toUpperCase(bare.charAt(0))
                                    + bare.substring(1);
                    measurements.add(new Measurement(measured, layer, -1, 1, norm, norm, norm));
                });
        return measurements;
    }

    /** Carried vectors by the name of their matrix: what a snapshot keeps. */
    Map<String, double[]> vectors() {
        var vectors = new LinkedHashMap<String, double[]>();
        spectra.forEach((name, spectrum) -> vectors.put(name, spectrum.right()));
        return vectors;
    }

    void setVectors(Map<String, double[]> vectors) {
        for (Layout.Entry entry : layout.entries()) {
            double[] vector = vectors.get(entry.name());
            if (vector != null) {
                spectra.put(entry.name(), new PowerIteration(rows(entry), columns(entry), vector));
            }
        }
    }
}
