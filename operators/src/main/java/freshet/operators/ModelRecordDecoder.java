package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import freshet.schemas.UndecodableRecordException;
import java.io.Serializable;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.List;

/**
 * Turns a record of the models topic into a chunk, a manifest or a problem. Never throws.
 *
 * <p>{@code trainedThrough} is bounded here, where the records are read: in evaluation mode it is
 * the watermark of the models, which is held back to that of the texts, so one version from the
 * year 3000 would end the reading for ever.
 */
public final class ModelRecordDecoder implements Serializable {

    private static final long serialVersionUID = 1;
    private static final long UNTRAINED = -1;

    private final long maxAheadMillis;
    private final String trustedKeyFile;
    private transient List<PublicKey> trusted;
    private transient AvroCodec<ModelChunk> chunks;
    private transient AvroCodec<ModelManifest> manifests;

    /**
     * @param maxAheadMillis how far {@code trainedThrough} may lie after the log's own timestamp of
     *     the model's record, which is later than that of any text it has learned
     */
    public ModelRecordDecoder(long maxAheadMillis) {
        this(maxAheadMillis, "");
    }

    /**
     * @param trustedKeyFile public keys of which one must have signed a manifest, see {@link
     *     ManifestSignature}; empty: signatures are not looked at
     */
    public ModelRecordDecoder(long maxAheadMillis, String trustedKeyFile) {
        this.maxAheadMillis = maxAheadMillis;
        this.trustedKeyFile = trustedKeyFile;
    }

    /**
     * Reads the keys, on the worker; before the first record.
     *
     * @throws IllegalArgumentException naming the file
     */
    public void open() {
        if (!trustedKeyFile.isEmpty()) {
            trusted = ManifestSignature.publicKeys(Path.of(trustedKeyFile));
        }
    }

    public ModelRecord decode(
            String topic,
            int partition,
            long offset,
            long appendTimeMillis,
            byte[] key,
            byte[] value) {
        if (chunks == null) {
            chunks = AvroCodec.of(ModelChunk.class);
            manifests = AvroCodec.of(ModelManifest.class);
        }
        ModelRecord record = new ModelRecord();
        record.topic = topic;
        record.partition = partition;
        record.offset = offset;
        record.appendTimeMillis = appendTimeMillis;
        record.key = key;
        record.value = value;
        record.trainedThroughMillis = Long.MIN_VALUE;
        try {
            if (chunks.recognises(value)) {
                chunk(record, chunks.decode(value));
            } else {
                ModelManifest manifest = manifests.decode(value);
                manifest(record, manifest);
                checkSignature(record, manifest);
            }
            if (record.problem == null) {
                check(record);
            }
        } catch (UndecodableRecordException e) {
            record.problem = e.getMessage();
        }
        return record;
    }

    private void checkSignature(ModelRecord record, ModelManifest manifest) {
        if (!trustedKeyFile.isEmpty()) {
            record.problem = ManifestSignature.problem(manifest, trusted).orElse(null);
            if (record.problem != null) {
                record.trainedThroughMillis = Long.MIN_VALUE; // moves no watermark
            }
        }
    }

    private void check(ModelRecord record) {
        long through = record.trainedThroughMillis;
        long logTime = Math.max(0, record.appendTimeMillis);
        if (through < UNTRAINED || through - logTime > maxAheadMillis) {
            record.trainedThroughMillis = Long.MIN_VALUE; // moves no watermark
            record.problem =
                    "trainedThrough of version %d is %d, must be from %d to %d ms after the log's timestamp %d"
                            .formatted(record.version, through, UNTRAINED, maxAheadMillis, logTime);
        }
    }

    private static void chunk(ModelRecord record, ModelChunk chunk) {
        record.modelName = chunk.getModelName();
        record.version = chunk.getVersion();
        record.trainedThroughMillis = chunk.getTrainedThrough();
        record.chunkIndex = chunk.getIndex();
        record.chunkCrc32c = chunk.getCrc32c();
        record.chunkBytes = new byte[chunk.getBytes().remaining()];
        chunk.getBytes().duplicate().get(record.chunkBytes);
    }

    private static void manifest(ModelRecord record, ModelManifest manifest) {
        record.modelName = manifest.getModelName();
        record.version = manifest.getVersion();
        record.parentVersion = manifest.getParentVersion();
        record.trainedThroughMillis = manifest.getTrainedThrough();
        record.completeThroughMillis = manifest.getCompleteThrough();
        record.learnedAppendTimeMillis = manifest.getLearnedAppendTime();
        record.kind = manifest.getKind();
        record.formatVersion = manifest.getFormatVersion();
        record.configuration = manifest.getConfiguration();
        record.tokenizerHash = manifest.getTokenizerHash();
        record.chunkCount = manifest.getChunks();
        record.totalBytes = manifest.getTotalBytes();
        record.sha256 = manifest.getSha256();
        record.scoreBitsPerToken = manifest.getScoreBitsPerToken();
        record.metadata = new HashMap<>(manifest.getMetadata());
    }
}
