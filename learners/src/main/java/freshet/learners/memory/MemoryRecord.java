package freshet.learners.memory;

/**
 * A scored text on its way to the memory's shards. Every shard gets all of it, answers with what it
 * holds and then adds its share.
 *
 * @param context {@code [c]} up to 32 tokens before the text, oldest first
 * @param tokens {@code [n]} the text
 * @param keys {@code [n + 1, D]} query of each position; position i is stored with token i, the
 *     last is only asked
 * @param modelVersion version of the model that made the keys
 * @param firstPosition tokens memorised in the whole stream before this text: key i, if memorised,
 *     gets position {@code firstPosition + i}
 * @param candidates {@code [m]} tokens whose probability of following the text is wanted
 * @param memorise false: answer but add nothing
 */
public record MemoryRecord(
        int[] context,
        int[] tokens,
        float[] keys,
        long modelVersion,
        long firstPosition,
        int[] candidates,
        boolean memorise) {}
