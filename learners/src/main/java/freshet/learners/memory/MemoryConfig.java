package freshet.learners.memory;

import java.io.Serializable;

/**
 * Sizes of the memory.
 *
 * @param shards virtual shards, fixed for the life of the memory's state, at least 1
 * @param capacity keys kept in all shards together, a multiple of {@code shards}; oldest go first
 * @param neighbours K, neighbours returned for a query, at least 1
 * @param keyWidth D, floats in a key
 * @param search how keys are looked for
 * @param contextSlotsLog2 slots of the n-gram tables in all shards together, as a power of 2
 */
public record MemoryConfig(
        int shards,
        int capacity,
        int neighbours,
        int keyWidth,
        MemorySearch search,
        int contextSlotsLog2)
        implements Serializable {

    public MemoryConfig {
        if (shards < 1) {
            throw new IllegalArgumentException(
                    "memory.shards is %d, must be at least 1".formatted(shards));
        }
        if (capacity < shards || capacity % shards != 0) {
            throw new IllegalArgumentException(
                    "memory.capacity is %d, must be a multiple of memory.shards, %d"
                            .formatted(capacity, shards));
        }
        if (neighbours < 1 || neighbours > 1024) {
            throw new IllegalArgumentException(
                    "memory.neighbours is %d, must be from 1 to 1024".formatted(neighbours));
        }
        if (keyWidth < 1) {
            throw new IllegalArgumentException(
                    "memory key width is %d, must be at least 1".formatted(keyWidth));
        }
        if (contextSlotsLog2 < 10 || contextSlotsLog2 > 30) {
            throw new IllegalArgumentException(
                    "memory.context-slots-log2 is %d, must be from 10 to 30"
                            .formatted(contextSlotsLog2));
        }
    }

    int capacityOfShard() {
        return capacity / shards;
    }
}
