package freshet.learners.language;

import freshet.learners.Measurement;
import freshet.learners.stability.Summary;
import freshet.learners.tensor.Outputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How layers share the work, over the positions of the new window: how far back heads look, how
 * large the residual stream is and how much each block adds to it; and how many directions the
 * embedding uses.
 */
final class LayerDiagnostics {

    private LayerDiagnostics() {}

    /** Outputs of the program that {@link #of} reads. */
    static Set<String> wanted(LanguageModelConfig config) {
        var names = new TreeSet<String>();
        for (int layer = 0; layer < config.layers(); layer++) {
            names.add(TransformerProgram.DISTANCE + layer);
            names.add(TransformerProgram.STREAM_RMS + layer);
            names.add(TransformerProgram.STREAM_OUTLIER + layer);
            names.add(TransformerProgram.ATTENTION_PART + layer);
            names.add(TransformerProgram.FEED_FORWARD_PART + layer);
        }
        names.add(TransformerProgram.EMBEDDING_TRACE);
        names.add(TransformerProgram.EMBEDDING_SQUARES);
        return names;
    }

    /**
     * Sums up the first window's positions.
     *
     * @param length positions of that window that are not filling
     */
    static List<Measurement> of(LanguageModelConfig config, Outputs outputs, int length) {
        var measurements = new ArrayList<Measurement>();
        for (int layer = 0; layer < config.layers(); layer++) {
            float[] distances = outputs.get(TransformerProgram.DISTANCE + layer); // [1, H, W]
            for (int head = 0; head < config.heads(); head++) {
                int row = head * config.window();
                measurements.add(
                        summary(distances, row, length).of("attentionDistance", layer, head));
            }
            measurements.add(perLayer(outputs, TransformerProgram.STREAM_RMS, layer, length));
            measurements.add(perLayer(outputs, TransformerProgram.STREAM_OUTLIER, layer, length));
            measurements.add(perLayer(outputs, TransformerProgram.ATTENTION_PART, layer, length));
            measurements.add(
                    perLayer(outputs, TransformerProgram.FEED_FORWARD_PART, layer, length));
        }
        // Participation ratio of the eigenvalues: (sum l)^2 / sum l^2.
        double trace = outputs.scalar(TransformerProgram.EMBEDDING_TRACE);
        double squares = outputs.scalar(TransformerProgram.EMBEDDING_SQUARES);
        measurements.add(Measurement.of("embeddingEffectiveRank", trace * trace / squares));
        return measurements;
    }

    private static Measurement perLayer(Outputs outputs, String name, int layer, int length) {
        return summary(outputs.get(name + layer), 0, length).of(name, layer, -1);
    }

    private static Summary summary(float[] values, int from, int length) {
        var summary = new Summary();
        for (int i = from; i < from + length; i++) {
            summary.add(values[i]);
        }
        return summary;
    }
}
