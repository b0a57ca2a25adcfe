package freshet.learners.language;

import freshet.learners.Measurement;
import freshet.learners.stability.AttentionEntropy;
import freshet.learners.stability.PowerIteration;
import freshet.learners.stability.Summary;
import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Telemetry of the transformer's training forward: attention per layer and head and the output's
 * logits, both over the rows of the new window; and of its weights: the spectral norm of each
 * matrix and of each head's queries and keys together.
 *
 * <p>Rows with one visible key have no entropy to speak of and are left out of every mean.
 */
final class AttentionProbe {

    private static final long RANDOM_STREAM = 2;
    private static final long HEADS_STREAM = 4;

    private final LanguageModelConfig config;
    private final Layout layout;
    private final QueryKeys queryKeys;
    private final Map<String, PowerIteration> spectra = new LinkedHashMap<>();
    private final Map<String, double[]> headVectors = new LinkedHashMap<>(); // by headName

    AttentionProbe(LanguageModelConfig config, Layout layout, long seed) {
        this.config = config;
        this.layout = layout;
        this.queryKeys = new QueryKeys(config, layout);
        var random = new CounterRandom(seed, RANDOM_STREAM, 0);
        for (Layout.Entry entry : layout.entries()) {
            if (entry.shape().length == 2) {
                spectra.put(
                        entry.name(), PowerIteration.random(rows(entry), columns(entry), random));
            }
        }
        var ofHeads = new CounterRandom(seed, HEADS_STREAM, 0);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (int head = 0; head < config.heads(); head++) {
                headVectors.put(
                        headName(layer, head),
                        PowerIteration.random(1, config.width(), ofHeads).right());
            }
        }
    }

    private static String headName(int layer, int head) {
        return QueryKeys.matrix(layer) + ".head" + head;
    }

    private static int rows(Layout.Entry entry) {
        return (int) entry.shape()[0];
    }

    private static int columns(Layout.Entry entry) {
        return (int) entry.shape()[1];
    }

    /** Outputs of the program that {@link #attention} reads. */
    static Set<String> wanted(LanguageModelConfig config) {
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
    static List<Measurement> attention(LanguageModelConfig config, Outputs outputs, int length) {
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

    /** Outputs of the program that {@link #output} reads. */
    static Set<String> wantedOfOutput() {
        return Set.of(TransformerProgram.LOG_Z, TransformerProgram.OUTPUT_MAX_LOGIT);
    }

    /**
     * The logits over the vocabulary at each position: log of their sum of exponentials, and the
     * greatest.
     *
     * @param length positions of the first window that are not filling
     */
    static List<Measurement> output(Outputs outputs, int length) {
        float[] logZ = outputs.get(TransformerProgram.LOG_Z); // [W]
        float[] logits = outputs.get(TransformerProgram.OUTPUT_MAX_LOGIT);
        var sums = new Summary();
        var greatest = new Summary();
        for (int row = 0; row < length; row++) {
            sums.add(logZ[row]);
            greatest.add(logits[row]);
        }
        return List.of(sums.of("logZ", -1, -1), greatest.of("outputMaxLogit", -1, -1));
    }

    /**
     * RMS of gradient over deviation of each layer's weights, and as layer -1 of all others, which
     * come first.
     *
     * @param weights after an update
     */
    List<Measurement> gradients(Optimiser weights, AdamConfig adam, long momentStep) {
        int[] bounds = new int[config.layers() + 2];
        for (int layer = 0; layer < config.layers(); layer++) {
            bounds[layer + 1] = layout.entry(QueryKeys.matrix(layer)).offset();
        }
        bounds[config.layers() + 1] = layout.size();
        double[] ratios = weights.gradientOverDeviation(adam, momentStep, bounds);
        var measurements = new ArrayList<Measurement>();
        for (int i = 0; i < ratios.length; i++) {
            var summary = new Summary();
            summary.add(ratios[i]);
            measurements.add(summary.of("gradientOverDeviation", i - 1, -1));
        }
        return measurements;
    }

    /** One step of power iteration per matrix, and per head on its {@code Wq Wk^T / sqrt(E)}. */
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
        for (int layer = 0; layer < config.layers(); layer++) {
            for (int head = 0; head < config.heads(); head++) {
                double[] vector = headVectors.get(headName(layer, head));
                var summary = new Summary();
                summary.add(queryKeys.spectralNorm(parameters, layer, head, vector));
                measurements.add(summary.of("queryKeySpectralNorm", layer, head));
            }
        }
        return measurements;
    }

    /** Carried vectors by the name of their matrix or head: what a snapshot keeps. */
    Map<String, double[]> vectors() {
        var vectors = new LinkedHashMap<String, double[]>();
        spectra.forEach((name, spectrum) -> vectors.put(name, spectrum.right()));
        headVectors.forEach((name, vector) -> vectors.put(name, vector.clone()));
        return vectors;
    }

    void setVectors(Map<String, double[]> vectors) {
        headVectors.replaceAll((name, own) -> vectors.getOrDefault(name, own).clone());
        for (Layout.Entry entry : layout.entries()) {
            double[] vector = vectors.get(entry.name());
            if (vector != null) {
                spectra.put(entry.name(), new PowerIteration(rows(entry), columns(entry), vector));
            }
        }
    }
}
