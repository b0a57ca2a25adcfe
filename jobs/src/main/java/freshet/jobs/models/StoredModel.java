package freshet.jobs.models;

import freshet.learners.ModelArtifact;
import freshet.schemas.ModelManifest;

/**
 * A version with its weights.
 *
 * @param bytes 32-bit big-endian floats in the order of the model's layout
 */
public record StoredModel(ModelManifest manifest, byte[] bytes) {

    public ModelArtifact artifact() {
        return new ModelArtifact(
                manifest.getKind(),
                manifest.getFormatVersion(),
                manifest.getConfiguration(),
                manifest.getVersion(),
                manifest.getMetadata(),
                bytes);
    }
}
