package freshet.learners;

import freshet.learners.tensor.Weights;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a learner publishes and a predictor serves.
 *
 * @param kind which model reads it, such as {@code language}
 * @param formatVersion version of the bytes' layout, counted per kind from 1
 * @param configuration fingerprint of sizes and tokenizer: a predictor of another one refuses it
 * @param step updates that went into it
 * @param metadata for people and manifests: what a model answers is computed from the bytes alone;
 *     that it has learned nothing yet, and had better not be asked, may be said here
 * @param bytes the weights, 32-bit floats big-endian in the order of the model's layout
 */
public record ModelArtifact(
        String kind,
        int formatVersion,
        String configuration,
        long step,
        Map<String, String> metadata,
        byte[] bytes)
        implements Serializable {

    /**
     * Key of the metadata: SHA-256, in hex, of the weights that the learner began with; absent if
     * they were drawn from the seed.
     */
    public static final String WARM_START = "warmStart";

    public ModelArtifact {
        metadata = new TreeMap<>(metadata);
    }

    /**
     * The weights, for a model that reads this kind and format and has this configuration.
     *
     * @param count of its weights
     * @throws IllegalArgumentException if the artifact is of another kind, format, configuration or
     *     size
     */
    public float[] weights(String kindHere, int formatHere, String configurationHere, int count) {
        if (!kind.equals(kindHere) || formatVersion != formatHere) {
            throw new IllegalArgumentException(
                    "model is %s in format %d, this build serves %s in format %d"
                            .formatted(kind, formatVersion, kindHere, formatHere));
        }
        if (!configuration.equals(configurationHere)) {
            throw new IllegalArgumentException(
                    "model is of configuration [%s], this one serves [%s]"
                            .formatted(configuration, configurationHere));
        }
        if (bytes.length != (long) count * Float.BYTES) {
            throw new IllegalArgumentException(
                    "model has %d bytes, %d weights need %d"
                            .formatted(bytes.length, count, (long) count * Float.BYTES));
        }
        return Weights.fromBytes(bytes);
    }

    /** A version like this one, but for its weights and what is said of it. */
    public ModelArtifact with(Map<String, String> newMetadata, byte[] newBytes) {
        return new ModelArtifact(kind, formatVersion, configuration, step, newMetadata, newBytes);
    }

    /** SHA-256 of the bytes, in hex. */
    public String checksum() {
        return LearnerSnapshot.sha256(bytes);
    }
}
