package freshet.learners;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The complete state of a learner, in a versioned binary form.
 *
 * <p>Bytes: magic {@code FRSH} (4), container version (int), kind (UTF), format version (int), step
 * (long), metadata (int count, then UTF pairs sorted by key), payload (int length, bytes). All
 * big-endian, as {@link DataOutputStream} writes them.
 *
 * @param kind which learner wrote it, such as {@code language}
 * @param formatVersion version of the payload's layout, counted per kind from 1
 * @param step updates done
 * @param metadata engine, its threads, configuration fingerprint: what the bits depend on; sorted
 * @param payload the learner's own bytes
 */
public record LearnerSnapshot(
        String kind, int formatVersion, long step, Map<String, String> metadata, byte[] payload) {

    /** Key of the metadata: the fingerprint of the model's sizes. */
    public static final String CONFIGURATION = "configuration";

    private static final String ENGINE = "engine"; // keys of the metadata that start with it
    private static final String OTHER_ENGINE =
            "it could not go on bit for bit; set it back, or start anew in another --folder with"
                    + " learning.start-from";
    private static final int MAGIC = 0x46525348;
    private static final int CONTAINER_VERSION = 1;

    public LearnerSnapshot {
        metadata = new TreeMap<>(metadata);
    }

    public byte[] toBytes() {
        var bytes = new ByteArrayOutputStream(payload.length + 256);
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(CONTAINER_VERSION);
            out.writeUTF(kind);
            out.writeInt(formatVersion);
            out.writeLong(step);
            out.writeInt(metadata.size());
            for (var entry : metadata.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
            SavedState.writeBlock(out, payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException if the bytes are not a snapshot, are cut short or of a newer
     *     container
     */
    public static LearnerSnapshot fromBytes(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw new IllegalArgumentException("not a learner snapshot: wrong magic");
            }
            int version = in.readInt();
            if (version != CONTAINER_VERSION) {
                throw new IllegalArgumentException(
                        "snapshot container version %d, this build reads %d"
                                .formatted(version, CONTAINER_VERSION));
            }
            String kind = in.readUTF();
            int formatVersion = in.readInt();
            long step = in.readLong();
            var metadata = new TreeMap<String, String>();
            for (int i = in.readInt(); i > 0; i--) {
                metadata.put(in.readUTF(), in.readUTF());
            }
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IllegalArgumentException(
                        "snapshot is cut short: payload of %d bytes, %d are there"
                                .formatted(length, in.available()));
            }
            return new LearnerSnapshot(kind, formatVersion, step, metadata, in.readNBytes(length));
        } catch (IOException e) {
            throw new IllegalArgumentException("snapshot is cut short", e);
        }
    }

    /**
     * Fails if this is not of the kind and formats that a learner reads.
     *
     * @throws IllegalArgumentException naming both sides
     */
    public void checkFormat(String kindHere, int oldestFormat, int newestFormat) {
        if (!kind.equals(kindHere)) {
            throw new IllegalArgumentException(
                    "snapshot is of a %s learner, this is a %s learner".formatted(kind, kindHere));
        }
        if (formatVersion < oldestFormat || formatVersion > newestFormat) {
            throw new IllegalArgumentException(
                    "%s learner in format %d, this build reads %d to %d"
                            .formatted(kind, formatVersion, oldestFormat, newestFormat));
        }
    }

    /**
     * Fails if this is not of the kind, formats, configuration and engine that a learner can go on
     * from.
     *
     * @param engine its metadata: on another one, or with other threads, the bits would differ
     * @throws IllegalArgumentException naming both sides
     */
    public void check(
            String kindHere,
            int oldestFormat,
            int newestFormat,
            String fingerprint,
            Map<String, String> engine) {
        checkFormat(kindHere, oldestFormat, newestFormat);
        if (!fingerprint.equals(metadata.get(CONFIGURATION))) {
            throw new IllegalArgumentException(
                    ("snapshot is of configuration [%s], this learner of [%s]: set back what differs,"
                                    + " or start anew in another --folder, with learning.start-from"
                                    + " if there are weights of this configuration")
                            .formatted(metadata.get(CONFIGURATION), fingerprint));
        }
        for (var entry : new TreeMap<>(engine).entrySet()) {
            String saved = metadata.get(entry.getKey());
            if (!entry.getValue().equals(saved)) {
                throw new IllegalArgumentException(
                        "snapshot was made with %s = %s, this engine has %s: %s"
                                .formatted(entry.getKey(), saved, entry.getValue(), OTHER_ENGINE));
            }
        }
        for (var entry : metadata.entrySet()) {
            if (entry.getKey().startsWith(ENGINE) && !engine.containsKey(entry.getKey())) {
                throw new IllegalArgumentException(
                        "snapshot was made with %s = %s, which is not so here: %s"
                                .formatted(entry.getKey(), entry.getValue(), OTHER_ENGINE));
            }
        }
    }

    /**
     * Makes a snapshot of another engine, or of other threads, fit one: a learner goes on from the
     * same weights, but not bit for bit as it would have there.
     *
     * @param engine its metadata
     */
    public LearnerSnapshot adoptedBy(Map<String, String> engine) {
        var adopted = new TreeMap<>(metadata);
        adopted.keySet().removeIf(key -> key.startsWith(ENGINE));
        adopted.putAll(engine);
        return new LearnerSnapshot(kind, formatVersion, step, adopted, payload);
    }

    /** SHA-256 of {@link #toBytes}, in hex: equal hashes mean bit-identical learners. */
    public String hash() {
        return sha256(toBytes());
    }

    /** SHA-256, in hex. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LearnerSnapshot that
                && kind.equals(that.kind)
                && formatVersion == that.formatVersion
                && step == that.step
                && metadata.equals(that.metadata)
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return "%s snapshot, format %d, step %d, %d bytes, %s"
                .formatted(kind, formatVersion, step, payload.length, metadata);
    }
}
