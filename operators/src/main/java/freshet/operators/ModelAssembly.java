package freshet.operators;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Puts chunks together until their manifest comes.
 *
 * <p>Bounded: chunks of at most {@code maxVersions} versions are kept; those of the oldest go
 * first, as a learner writes one version after the other.
 */
public final class ModelAssembly {

    /** Why a version could not be put together. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /** Largest version that is put together; a stream of chunks without end stops here. */
    static final long MAX_VERSION_BYTES = 256L << 20;

    private final int maxVersions;
    private final TreeMap<Long, TreeMap<Integer, byte[]>> chunks = new TreeMap<>();

    /**
     * @param maxVersions of which chunks are kept
     */
    public ModelAssembly(int maxVersions) {
        this.maxVersions = maxVersions;
    }

    /**
     * @throws Refused if the chunk is damaged, or its version grows too large
     */
    public void add(long version, int index, byte[] bytes, int crc32c) throws Refused {
        CRC32C actual = new CRC32C();
        actual.update(bytes);
        if ((int) actual.getValue() != crc32c) {
            throw new Refused(
                    "chunk %d of version %d has checksum %08x, says %08x"
                            .formatted(index, version, (int) actual.getValue(), crc32c));
        }
        TreeMap<Integer, byte[]> parts = chunks.computeIfAbsent(version, unused -> new TreeMap<>());
        parts.put(index, bytes);
        if (sizeOf(parts) > MAX_VERSION_BYTES) {
            chunks.remove(version);
            throw new Refused(
                    "version %d has more than %d bytes of chunks"
                            .formatted(version, MAX_VERSION_BYTES));
        }
        if (chunks.size() > maxVersions) {
            chunks.pollFirstEntry();
        }
    }

    /**
     * Joins the version's chunks and forgets them and those of older versions.
     *
     * @throws Refused if chunks are missing
     */
    public byte[] complete(long version, int count, long totalBytes) throws Refused {
        TreeMap<Integer, byte[]> parts = chunks.get(version);
        Iterator<Long> older = chunks.headMap(version, true).keySet().iterator();
        while (older.hasNext()) {
            older.next();
            older.remove();
        }
        int found = parts == null ? 0 : parts.size();
        if (found != count || found == 0) {
            throw new Refused(
                    "manifest of version %d names %d chunks, %d are there"
                            .formatted(version, count, found));
        }
        long bytes = sizeOf(parts);
        if (bytes != totalBytes) {
            throw new Refused(
                    "manifest of version %d names %d bytes, its chunks hold %d"
                            .formatted(version, totalBytes, bytes));
        }
        byte[] joined = new byte[Math.toIntExact(bytes)];
        int at = 0;
        for (byte[] part : parts.values()) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    private static long sizeOf(Map<Integer, byte[]> parts) {
        return parts.values().stream().mapToLong(part -> part.length).sum();
    }

    /** Chunks kept, as (version, index, bytes), for a checkpoint. */
    Iterable<Part> parts() {
        return () ->
                chunks.entrySet().stream()
                        .flatMap(
                                version ->
                                        version.getValue().entrySet().stream()
                                                .map(
                                                        part ->
                                                                new Part(
                                                                        version.getKey(),
                                                                        part.getKey(),
                                                                        part.getValue())))
                        .iterator();
    }

    void restore(Part part) {
        chunks.computeIfAbsent(part.version, unused -> new TreeMap<>()).put(part.index, part.bytes);
    }

    /** One kept chunk. */
    public static class Part {
        public long version;
        public int index;
        public byte[] bytes;

        public Part() {}

        Part(long version, int index, byte[] bytes) {
            this.version = version;
            this.index = index;
            this.bytes = bytes;
        }

        @Override
        public String toString() {
            return "chunk %d of version %d, %d bytes".formatted(index, version, bytes.length);
        }
    }
}
