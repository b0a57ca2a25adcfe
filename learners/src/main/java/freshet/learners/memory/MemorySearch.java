package freshet.learners.memory;

/** How the memory looks for the keys nearest to one. */
public enum MemorySearch {
    /** Among all, by matrix product: misses none. */
    EXACT,

    /**
     * Along the links of graphs: misses a few, and looks at a few thousand keys, however many there
     * are. The keys of a shard lie in {@value GraphKeyIndex#GENERATIONS} generations, the oldest of
     * which is forgotten as a whole when the next begins.
     */
    APPROXIMATE
}
