package freshet.benchmarks.memory;

import java.io.IOException;

/** One library's index of keys, of one thread. */
interface VectorIndex extends AutoCloseable {

    /** Takes key {@code key} of the stream in. */
    void insert(int key) throws IOException;

    /** Forgets the keys of the stream from {@code from} to {@code to}, exclusive. */
    void delete(int from, int to) throws IOException;

    /**
     * Numbers of the keys that it takes for the nearest.
     *
     * @param beam candidates kept while it searches, at least {@code k}
     */
    int[] search(float[] query, int k, int beam) throws IOException;

    /** Bytes on the heap beside the keys, by the library's own account. */
    long indexBytes();

    @Override
    void close();
}
