package freshet.jobs.models;

import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import freshet.schemas.UndecodableRecordException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Model versions as the models topic tells of them, chunk by chunk. Keeps no weights. */
public final class ModelVersions {

    /** Name and number of a version; sorts by name, then newest first. */
    public record Key(String name, long version) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::name)
                        .thenComparing(Key::version, Comparator.reverseOrder());

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** What is known of one version. */
    public static final class Version {
        private final Key key;
        private final Map<Integer, Integer> chunkBytes = new TreeMap<>();
        private ModelManifest manifest;
        private long publishedAtMillis = -1;
        private boolean damaged;

        Version(Key key) {
            this.key = key;
        }

        public Key key() {
            return key;
        }

        /** Null until its manifest has come. */
        public ModelManifest manifest() {
            return manifest;
        }

        /** Kafka timestamp of the manifest; -1 without one. */
        public long publishedAtMillis() {
            return publishedAtMillis;
        }

        /** Bytes of the chunks that are there. */
        public long bytes() {
            return chunkBytes.values().stream().mapToLong(Integer::longValue).sum();
        }

        /** Numbers of the chunks that are there, ascending. */
        public List<Integer> chunkNumbers() {
            return List.copyOf(chunkBytes.keySet());
        }

        /** Whether all of it is there and undamaged. */
        public boolean isComplete() {
            return state().equals(COMPLETE);
        }

        /** {@code complete}, or what is wrong. */
        public String state() {
            if (damaged) {
                return "damaged chunk";
            }
            if (manifest == null) {
                return "no manifest";
            }
            if (chunkBytes.size() != manifest.getChunks()) {
                return "%d of %d chunks".formatted(chunkBytes.size(), manifest.getChunks());
            }
            if (bytes() != manifest.getTotalBytes()) {
                return "%d of %d bytes".formatted(bytes(), manifest.getTotalBytes());
            }
            return COMPLETE;
        }
    }

    private static final String COMPLETE = "complete";

    private final AvroCodec<ModelChunk> chunks = AvroCodec.of(ModelChunk.class);
    private final AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
    private final Map<Key, Version> versions = new TreeMap<>();

    /**
     * Takes a record of the models topic.
     *
     * @param key {@code model/version/index} or {@code model/version/manifest}
     * @param value null: a tombstone, that part of the version was retired
     * @throws UndecodableRecordException if it is neither chunk nor manifest
     */
    public void add(byte[] key, byte[] value, long timestampMillis)
            throws UndecodableRecordException {
        if (value == null) {
            ModelPart.of(key).ifPresent(this::retire);
        } else if (chunks.recognises(value)) {
            ModelChunk chunk = chunks.decode(value);
            Version version = version(chunk.getModelName(), chunk.getVersion());
            CRC32C checksum = new CRC32C();
            checksum.update(chunk.getBytes().duplicate());
            version.damaged |= (int) checksum.getValue() != chunk.getCrc32c();
            version.chunkBytes.put(chunk.getIndex(), chunk.getBytes().remaining());
        } else {
            ModelManifest manifest = manifests.decode(value);
            Version version = version(manifest.getModelName(), manifest.getVersion());
            version.manifest = manifest;
            version.publishedAtMillis = timestampMillis;
        }
    }

    /** By name, newest first. */
    public Collection<Version> all() {
        return versions.values();
    }

    private void retire(ModelPart part) {
        Key key = new Key(part.model(), part.version());
        Version version = versions.get(key);
        if (version == null) {
            return;
        }
        if (part.isManifest()) {
            version.manifest = null;
            version.publishedAtMillis = -1;
        } else {
            version.chunkBytes.remove(part.chunk());
        }
        if (version.manifest == null && version.chunkBytes.isEmpty()) {
            versions.remove(key);
        }
    }

    private Version version(String name, long number) {
        return versions.computeIfAbsent(new Key(name, number), Version::new);
    }
}
