package freshet.learners;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a learner publishes and a predictor serves.
 *
 * @param kind which model reads it, such as {@code language}
 * @param formatVersion version of the bytes' layout, counted per kind from 1
 * @param configuration fingerprint of sizes and tokenizer: a predictor of another one refuses it
 * @param step updates that went into it
 * @param metadata for people and manifests; nothing is computed from it
 * @param bytes the weights, 32-bit floats big-endian in the order of the model's layout
 */
public record ModelArtifact(
        String kind,
        int formatVersion,
        String configuration,
        long step,
        Map<String, String> metadata,
        byte[] bytes) {

    public ModelArtifact {
        metadata = new TreeMap<>(metadata);
    }

    /** SHA-256 of the bytes, in hex. */
    public String checksum() {
        return LearnerSnapshot.sha256(bytes);
    }
}
