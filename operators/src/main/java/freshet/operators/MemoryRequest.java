package freshet.operators;

/** A scored text addressed to one virtual shard of the memory. */
public class MemoryRequest {
    /** Partitioning key of the shard, see {@link ShardKeys}. */
    public int shardKey;

    public int shard;
    public long ordinal;
    public int[] context;
    public int[] tokens;
    public float[] keys;
    public long modelVersion;
    public long firstPosition;
    public int[] candidates;
    public boolean memorise;
}
