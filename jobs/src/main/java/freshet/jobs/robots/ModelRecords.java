package freshet.jobs.robots;

import freshet.learners.ModelArtifact;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.operators.ModelAssembly;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import freshet.schemas.UndecodableRecordException;
import java.util.Map;
import java.util.Optional;

/** Puts the versions of one world model together from the records of the models topic. */
public final class ModelRecords {

    private static final int VERSIONS_AT_ONCE = 2;

    private final String modelName;
    private final AvroCodec<ModelChunk> chunks = AvroCodec.of(ModelChunk.class);
    private final AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
    private final ModelAssembly assembly = new ModelAssembly(VERSIONS_AT_ONCE);
    private int chunksOfVersion = 1;

    /**
     * @param modelName whose versions are wanted; those of others are passed over
     */
    public ModelRecords(String modelName) {
        this.modelName = modelName;
    }

    /**
     * Takes a record.
     *
     * @param value null of a version that was retired
     * @return the version that it completes, if that one has learned something
     * @throws ModelAssembly.Refused if it is damaged, or chunks of its version are missing
     */
    public Optional<ModelArtifact> take(byte[] value)
            throws UndecodableRecordException, ModelAssembly.Refused {
        if (value == null) {
            return Optional.empty();
        }
        if (chunks.recognises(value)) {
            ModelChunk chunk = chunks.decode(value);
            if (chunk.getModelName().equals(modelName)) {
                byte[] bytes = new byte[chunk.getBytes().remaining()];
                chunk.getBytes().get(bytes);
                assembly.add(chunk.getVersion(), chunk.getIndex(), bytes, chunk.getCrc32c());
            }
            return Optional.empty();
        }
        ModelManifest manifest = manifests.decode(value);
        if (!manifest.getModelName().equals(modelName)) {
            return Optional.empty();
        }
        chunksOfVersion = manifest.getChunks();
        byte[] bytes =
                assembly.complete(
                        manifest.getVersion(), manifest.getChunks(), manifest.getTotalBytes());
        if (!WorldModelActor.hasLearned(manifest.getMetadata())) {
            return Optional.empty();
        }
        return Optional.of(
                new ModelArtifact(
                        manifest.getKind(),
                        manifest.getFormatVersion(),
                        manifest.getConfiguration(),
                        manifest.getVersion(),
                        Map.copyOf(manifest.getMetadata()),
                        bytes));
    }

    /** How many chunks the newest version came in; 1 before any came. */
    public int chunksOfVersion() {
        return chunksOfVersion;
    }
}
