package freshet.learners;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Layout.Entry;
import freshet.learners.tensor.Weights;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Publishes weights between a base and the learner's own: {@code base + lambda (own - base)}, with
 * lambda rising linearly from the first layer to the last. Early layers, whose features are the
 * most general, so stay closer to the base. The learner goes on with its own weights.
 *
 * <p>Source: Wang, Dimitriadis, Favero, Ortiz-Jimenez, Fleuret and Frossard, "LiNeS: Post-training
 * Layer Scaling Prevents Forgetting and Enhances Model Merging", ICLR 2025 (arXiv:2410.17146):
 * {@code lambda(l) = alpha + beta (l - 1) / (L - 1)}. There a finished model is scaled once; here
 * every version of one that goes on learning.
 *
 * <p>What lies before the first layer, such as an embedding, counts to the first, what is called
 * {@code output...} to the last.
 */
public final class DepthBlend {

    /** Key of the metadata: SHA-256, in hex, of the base that a version was blended with. */
    public static final String BASE = "blend.base";

    private static final Pattern LAYER = Pattern.compile("[A-Za-z]+(\\d+)\\..*");

    /**
     * Shares of the learner's own weights.
     *
     * @param alpha of the first layer, in [0, 1]
     * @param beta more of the last, so that {@code alpha + beta} is in [0, 1]
     */
    public record Config(double alpha, double beta) implements Serializable {

        /** The learner's own weights are published. */
        public static final Config NONE = new Config(1, 0);

        public Config {
            if (!(alpha >= 0 && alpha <= 1) || !(alpha + beta >= 0 && alpha + beta <= 1)) {
                throw new IllegalArgumentException(
                        ("learning.blend-alpha is %s and learning.blend-beta %s; alpha and their sum"
                                        + " must be from 0 to 1")
                                .formatted(alpha, beta));
            }
        }

        public boolean enabled() {
            return !equals(NONE);
        }
    }

    private final Config config;
    private final Layout layout;
    private final int layers;

    /**
     * @throws IllegalArgumentException if no parameter's name says its layer
     */
    public DepthBlend(Config config, Layout layout) {
        this.config = config;
        this.layout = layout;
        layers = 1 + layout.entries().stream().mapToInt(DepthBlend::layer).max().orElse(-1);
        if (layers == 0) {
            throw new IllegalArgumentException(
                    "no layer0. in the layout: it has no depth to scale");
        }
    }

    /** Number of the layer that a parameter's name begins with, such as 2 in block2.bias; or -1. */
    private static int layer(Entry entry) {
        Matcher name = LAYER.matcher(entry.name());
        return name.matches() ? Integer.parseInt(name.group(1)) : -1;
    }

    /** Share of the learner's own weights in a parameter, in [0, 1]. */
    double share(Entry entry) {
        int layer = entry.name().startsWith("output") ? layers - 1 : Math.max(0, layer(entry));
        return layers == 1 ? config.alpha() : config.alpha() + config.beta() * layer / (layers - 1);
    }

    /**
     * @param base weights of the layout
     * @param own weights of the layout
     * @return a new array; where the share is 1, bit for bit the learner's own
     */
    public float[] of(float[] base, float[] own) {
        float[] blended = own.clone();
        for (Entry entry : layout.entries()) {
            double share = share(entry);
            if (share == 1) {
                continue; // 0 x base + own has another bit if own is -0
            }
            for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
                blended[i] = (float) ((1 - share) * base[i] + share * own[i]);
            }
        }
        return blended;
    }

    /** The version to publish in place of the learner's own; says in its metadata which base. */
    public ModelArtifact of(byte[] base, ModelArtifact own) {
        if (!config.enabled()) {
            return own;
        }
        Map<String, String> metadata = new TreeMap<>(own.metadata());
        metadata.put(BASE, LearnerSnapshot.sha256(base));
        float[] blended = of(Weights.fromBytes(base), Weights.fromBytes(own.bytes()));
        return own.with(metadata, Weights.toBytes(blended));
    }
}
