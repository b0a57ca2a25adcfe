package freshet.benchmarks.memory;

import freshet.learners.memory.Distances;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keys in turn to one of several indexes, all of which are asked: as the memory's shards do. */
final class SplitIndex implements VectorIndex {

    private final MemoryKeys keys;
    private final List<MemoryKeys> shares = new ArrayList<>();
    private final List<VectorIndex> parts = new ArrayList<>();

    SplitIndex(MemoryKeys keys, String library, int count, int degree, int beam)
            throws IOException {
        this.keys = keys;
        for (int part = 0; part < count; part++) {
            MemoryKeys share = count == 1 ? keys : share(part, count);
            shares.add(share);
            parts.add(
                    library.equals("lucene")
                            ? new LuceneIndex(share, 0, degree / 2, beam)
                            : new JVectorIndex(share, 0, degree, beam));
        }
    }

    private MemoryKeys share(int part, int count) {
        int width = keys.width();
        float[] values = new float[(keys.count() - part + count - 1) / count * width];
        for (int i = 0; i * width < values.length; i++) {
            System.arraycopy(keys.values(), (part + i * count) * width, values, i * width, width);
        }
        return new MemoryKeys(width, values);
    }

    @Override
    public void insert(int key) throws IOException {
        parts.get(key % parts.size()).insert(key / parts.size());
    }

    @Override
    public void delete(int from, int to) throws IOException {
        int count = parts.size();
        for (int part = 0; part < count; part++) {
            parts.get(part).delete(sizeOf(part, from), sizeOf(part, to));
        }
    }

    /** How many of the first {@code all} keys a part has. */
    private int sizeOf(int part, int all) {
        return (all - part + parts.size() - 1) / parts.size();
    }

    @Override
    public int[] search(float[] query, int k, int beam) throws IOException {
        if (parts.size() == 1) {
            return parts.get(0).search(query, k, beam);
        }
        var nearest = new SmallestDistances(k);
        int width = keys.width();
        for (int part = 0; part < parts.size(); part++) {
            for (int found : parts.get(part).search(query, k, beam)) {
                float distance =
                        Distances.squared(
                                query, 0, shares.get(part).values(), found * width, width);
                nearest.offer(distance, found * parts.size() + part);
            }
        }
        return nearest.numbers();
    }

    @Override
    public long indexBytes() {
        return parts.stream().mapToLong(VectorIndex::indexBytes).sum();
    }

    @Override
    public void close() {
        parts.forEach(VectorIndex::close);
    }
}
