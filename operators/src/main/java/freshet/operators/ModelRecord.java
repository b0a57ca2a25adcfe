package freshet.operators;

import java.util.Map;

/** A record of the models topic after decoding: a chunk, a manifest, or a problem. */
public class ModelRecord {
    public String topic;
    public int partition;
    public long offset;
    public long appendTimeMillis;
    public byte[] key;
    public byte[] value;

    public String modelName;
    public long version;

    /** Of chunk and manifest alike: the watermark of the models stream. */
    public long trainedThroughMillis;

    /** A chunk's place and content; null bytes if this is a manifest. */
    public int chunkIndex;

    public int chunkCrc32c;
    public byte[] chunkBytes;

    /** A manifest's account of the chunks. */
    public int chunkCount;

    public long totalBytes;
    public String sha256;

    /** A manifest's version, complete but for its bytes. */
    public long parentVersion;

    public long completeThroughMillis;
    public long learnedAppendTimeMillis;
    public String kind;
    public int formatVersion;
    public String configuration;
    public String tokenizerHash;
    public Map<String, String> metadata;
    public double scoreBitsPerToken;

    /** Null if the record is valid. */
    public String problem;
}
