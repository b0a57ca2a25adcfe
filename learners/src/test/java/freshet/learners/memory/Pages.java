package freshet.learners.memory;

import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** Pages of a checkpoint, to be compared: byte arrays have no equality of their own. */
final class Pages {

    private Pages() {}

    static SortedMap<Integer, ByteBuffer> contents(SortedMap<Integer, byte[]> pages) {
        var contents = new TreeMap<Integer, ByteBuffer>();
        pages.forEach((page, bytes) -> contents.put(page, ByteBuffer.wrap(bytes)));
        return contents;
    }
}
