package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Cuts a version into chunks that fit a Kafka record; the manifest comes last and completes it. */
public final class ModelChunksFunction extends RichFlatMapFunction<ModelVersion, OutRecord> {

    private final int chunkBytes;
    private transient AvroCodec<ModelChunk> chunks;
    private transient AvroCodec<ModelManifest> manifests;

    public ModelChunksFunction(int chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    @Override
    public void open(OpenContext context) {
        chunks = AvroCodec.of(ModelChunk.class);
        manifests = AvroCodec.of(ModelManifest.class);
    }

    @Override
    public void flatMap(ModelVersion version, Collector<OutRecord> out) throws Exception {
        int index = 0;
        for (int from = 0; from < version.bytes.length; from += chunkBytes) {
            int length = Math.min(chunkBytes, version.bytes.length - from);
            CRC32C checksum = new CRC32C();
            checksum.update(version.bytes, from, length);
            ModelChunk chunk =
                    new ModelChunk(
                            version.modelName,
                            version.version,
                            index,
                            (int) checksum.getValue(),
                            version.trainedThroughMillis,
                            ByteBuffer.wrap(version.bytes, from, length));
            out.collect(record(version, String.valueOf(index), chunks.encode(chunk)));
            index++;
        }
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(version.bytes);
        ModelManifest manifest =
                ModelManifest.newBuilder()
                        .setModelName(version.modelName)
                        .setVersion(version.version)
                        .setParentVersion(version.parentVersion)
                        .setTrainedThrough(version.trainedThroughMillis)
                        .setCompleteThrough(version.completeThroughMillis)
                        .setLearnedAppendTime(version.learnedAppendTimeMillis)
                        .setKind(version.kind)
                        .setFormatVersion(version.formatVersion)
                        .setConfiguration(version.configuration)
                        .setTokenizerHash(version.tokenizerHash)
                        .setChunks(index)
                        .setTotalBytes(version.bytes.length)
                        .setSha256(HexFormat.of().formatHex(sha256))
                        .setScoreBitsPerToken(version.scoreBitsPerToken)
                        // Sorted: a version that was in state has its entries in another order.
                        .setMetadata(new TreeMap<>(version.metadata))
                        .build();
        out.collect(record(version, "manifest", manifests.encode(manifest)));
    }

    private static OutRecord record(ModelVersion version, String part, byte[] value) {
        String key = "%s/%d/%s".formatted(version.modelName, version.version, part);
        return new OutRecord(key.getBytes(StandardCharsets.UTF_8), value);
    }
}
