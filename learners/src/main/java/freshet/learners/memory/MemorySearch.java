package freshet.learners.memory;

/** How the memory looks for the keys nearest to one. */
public enum MemorySearch {
    /** Among all, by matrix product: misses none. */
    EXACT,

    /**
     * Along the links of graphs: misses a few, and looks at some hundred keys, however many there
     * are. The keys of a shard lie in two generations, the older of which is forgotten as a whole
     * when the next begins: between half and all of the capacity is held.
     */
    APPROXIMATE
}
