package freshet.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Avro single-object encoding (Avro 1.12 specification): the bytes {@code C3 01}, the writer
 * schema's CRC-64-AVRO fingerprint little-endian, then the record in Avro binary. Reads what any
 * schema of the {@link SchemaHistory} wrote. Not thread-safe.
 *
 * @param <T> the generated record
 */
public final class AvroCodec<T extends SpecificRecordBase> {

    private static final int HEADER_BYTES = 10;

    /** Longest field that a record may announce: a hostile length must not allocate gigabytes. */
    private static final String MAX_FIELD = String.valueOf(16 << 20);

    /** Most items of a list or map: Avro makes room for as many as are announced. */
    private static final String MAX_ITEMS = String.valueOf(1 << 20);

    static {
        limit("bytes", MAX_FIELD);
        limit("string", MAX_FIELD);
        limit("collectionItems", MAX_ITEMS);
    }

    /** Read by Avro when its decoder is loaded; an operator's own choice stands. */
    private static void limit(String kind, String most) {
        String property = "org.apache.avro.limits.%s.maxLength".formatted(kind);
        if (System.getProperty(property) == null) {
            System.setProperty(property, most);
        }
    }

    private static final byte MARKER_0 = (byte) 0xC3;
    private static final byte MARKER_1 = 1;

    private final Schema schema;
    private final byte[] header;
    private final SpecificDatumWriter<T> writer;
    private final Map<Long, SpecificDatumReader<T>> readers = new LinkedHashMap<>();
    private BinaryEncoder encoder;
    private BinaryDecoder decoder;

    private AvroCodec(Class<T> type) {
        schema = SpecificData.get().getSchema(type);
        header =
                ByteBuffer.allocate(HEADER_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(MARKER_0)
                        .put(MARKER_1)
                        .putLong(SchemaNormalization.parsingFingerprint64(schema))
                        .array();
        writer = new SpecificDatumWriter<>(schema);
        for (Schema written : SchemaHistory.of(schema)) {
            readers.put(
                    SchemaNormalization.parsingFingerprint64(written),
                    new SpecificDatumReader<>(written, schema));
        }
    }

    public static <T extends SpecificRecordBase> AvroCodec<T> of(Class<T> type) {
        return new AvroCodec<>(type);
    }

    public byte[] encode(T record) {
        var bytes = new ByteArrayOutputStream(256);
        bytes.writeBytes(header);
        encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
        try {
            writer.write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Whether the bytes carry a fingerprint of this type's history. */
    public boolean recognises(byte[] bytes) {
        return isSingleObject(bytes) && readers.containsKey(fingerprint(bytes));
    }

    /**
     * Reads what this build wrote itself.
     *
     * @throws IllegalStateException if the bytes are not one whole record of a known schema
     */
    public T decodeOwn(byte[] bytes) {
        try {
            return decode(bytes);
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException("our own record cannot be read", e);
        }
    }

    /**
     * Reads one record and nothing beside it.
     *
     * @throws UndecodableRecordException if the bytes are not one whole record of a known schema
     */
    public T decode(byte[] bytes) throws UndecodableRecordException {
        if (!isSingleObject(bytes)) {
            throw new UndecodableRecordException(
                    "not Avro single-object encoding: %d bytes, starting %s, expected C3 01"
                            .formatted(bytes.length, start(bytes)));
        }
        SpecificDatumReader<T> reader = readers.get(fingerprint(bytes));
        if (reader == null) {
            throw new UndecodableRecordException(
                    "fingerprint %016x is of no known version of %s"
                            .formatted(fingerprint(bytes), schema.getFullName()));
        }
        try {
            decoder =
                    DecoderFactory.get()
                            .binaryDecoder(
                                    bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, decoder);
            T record = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new UndecodableRecordException(
                        "bytes are left after the " + schema.getName());
            }
            return record;
        } catch (IOException | RuntimeException e) {
            // Avro answers malformed bytes with half a dozen unchecked exceptions.
            throw new UndecodableRecordException(
                    "malformed %s: %s".formatted(schema.getName(), e), e);
        }
    }

    private static boolean isSingleObject(byte[] bytes) {
        return bytes.length >= HEADER_BYTES && bytes[0] == MARKER_0 && bytes[1] == MARKER_1;
    }

    private static long fingerprint(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    }

    private static String start(byte[] bytes) {
        return bytes.length < 2 ? "nothing" : "%02X %02X".formatted(bytes[0], bytes[1]);
    }
}
