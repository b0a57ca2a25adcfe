package freshet.operators;

/** What one virtual shard of the memory knows about one text. */
public class ShardAnswer {
    public int shard;
    public long ordinal;

    /** As {@code MemoryAnswer} writes it. */
    public byte[] answer;
}
