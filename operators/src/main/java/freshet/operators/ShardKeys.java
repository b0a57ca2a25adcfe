package freshet.operators;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Partitioning keys for virtual shards, chosen so that shards spread evenly over 1, 2, 4, ...
 * subtasks: hashing the shard numbers themselves would put five of eight on one of two subtasks.
 */
final class ShardKeys {

    private ShardKeys() {}

    /** Key of each shard: the smallest that falls into the shard's own range of key groups. */
    static int[] of(int shards, int maxParallelism) {
        int[] keys = new int[shards];
        for (int shard = 0; shard < shards; shard++) {
            int key = 0;
            while (rangeOf(key, shards, maxParallelism) != shard) {
                key++;
            }
            keys[shard] = key;
        }
        return keys;
    }

    private static int rangeOf(int key, int shards, int maxParallelism) {
        int group = KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
        return group * shards / maxParallelism;
    }
}
