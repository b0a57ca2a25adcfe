package freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes written by any version that ever was are read by the current one. */
class SchemaHistoryTest {

    static final List<Class<? extends SpecificRecordBase>> TYPES = AllSchemas.TYPES;

    @ParameterizedTest
    @FieldSource("TYPES")
    void historyEndsWithTheCurrentSchema(Class<? extends SpecificRecordBase> type) {
        Schema current = SpecificData.get().getSchema(type);
        // Throws, naming the file to add, if somebody changed a schema alone.
        List<Schema> history = SchemaHistory.of(current);
        // Another fingerprint would make the two unreadable to each other.
        assertThat(SchemaNormalization.parsingFingerprint64(history.get(history.size() - 1)))
                .isEqualTo(SchemaNormalization.parsingFingerprint64(current));
    }

    @Test
    void aSchemaThatWasChangedAloneIsRefusedAndNamesTheFileToAdd() {
        Schema changed =
                new Schema.Parser()
                        .parse(
                                """
                                {"type": "record", "name": "TextObservation",
                                 "namespace": "freshet.schemas",
                                 "fields": [{"name": "text", "type": "string"}]}""");
        assertThatThrownBy(() -> SchemaHistory.of(changed))
                .hasMessageContaining("history/TextObservation.v3.avsc");
    }

    static Stream<Arguments> versions() {
        return TYPES.stream()
                .flatMap(
                        type -> {
                            List<Arguments> all = new ArrayList<>();
                            int size = SchemaHistory.of(SpecificData.get().getSchema(type)).size();
                            for (int version = 1; version <= size; version++) {
                                all.add(Arguments.of(type, version));
                            }
                            return all.stream();
                        });
    }

    /**
     * The bytes lie in {@code records/} as they were written when the version was current; what
     * they hold is {@link #filled}.
     */
    @ParameterizedTest
    @MethodSource("versions")
    <T extends SpecificRecordBase> void readsBytesWrittenByEveryVersion(Class<T> type, int version)
            throws Exception {
        Schema current = SpecificData.get().getSchema(type);
        Schema written = SchemaHistory.of(current).get(version - 1);
        GenericData.Record record = (GenericData.Record) filled(written, 1);
        String file = "records/%s.v%d.hex".formatted(type.getSimpleName(), version);

        assertThat(keptHex(file))
                .as("the bytes that this version writes, kept in src/test/resources/%s", file)
                .isEqualTo(HexFormat.of().formatHex(bytes(record)));

        T read = AvroCodec.of(type).decode(HexFormat.of().parseHex(keptHex(file)));
        for (Schema.Field field : current.getFields()) {
            Object expected =
                    written.getField(field.name()) == null
                            ? GenericData.get().getDefaultValue(field)
                            : record.get(field.name());
            assertThat(plain(read.get(field.pos()))).as(field.name()).isEqualTo(plain(expected));
        }
    }

    /** As in a topic that old and new writers share while a job is upgraded. */
    @ParameterizedTest
    @FieldSource("TYPES")
    <T extends SpecificRecordBase> void oneCodecReadsAllVersionsInAnyOrder(Class<T> type)
            throws Exception {
        int versions = SchemaHistory.of(SpecificData.get().getSchema(type)).size();
        List<byte[]> kept = new ArrayList<>();
        List<T> alone = new ArrayList<>();
        for (int version = 1; version <= versions; version++) {
            String file = "records/%s.v%d.hex".formatted(type.getSimpleName(), version);
            kept.add(HexFormat.of().parseHex(keptHex(file)));
            alone.add(AvroCodec.of(type).decode(kept.get(version - 1)));
        }
        AvroCodec<T> codec = AvroCodec.of(type);
        for (int i = 0; i < 50; i++) {
            int version = i * i * 7 % 11 % versions;
            assertThat(codec.decode(kept.get(version))).isEqualTo(alone.get(version));
            // What it writes in between does not disturb what it reads.
            assertThat(codec.decode(codec.encode(alone.get(version))))
                    .isEqualTo(alone.get(version));
        }
    }

    /** Versions of models that this build writes are read by every build that ever was. */
    @Test
    void modelRecordsAreWrittenAsTheFirstBuildReadsThem() {
        for (Class<? extends SpecificRecordBase> type :
                List.of(ModelChunk.class, ModelManifest.class)) {
            Schema current = SpecificData.get().getSchema(type);
            assertThat(SchemaNormalization.parsingFingerprint64(current))
                    .isEqualTo(
                            SchemaNormalization.parsingFingerprint64(
                                    SchemaHistory.of(current).get(0)));
        }
    }

    @Test
    void textOfTheFirstVersionIsToBeLearned() throws Exception {
        byte[] first = HexFormat.of().parseHex(keptHex("records/TextObservation.v1.hex"));
        assertThat(AvroCodec.of(TextObservation.class).decode(first).getLearn()).isTrue();
    }

    @Test
    void predictionOfTheFirstVersionIsNoTest() throws Exception {
        byte[] first = HexFormat.of().parseHex(keptHex("records/TextPrediction.v1.hex"));
        assertThat(AvroCodec.of(TextPrediction.class).decode(first).getIsTest()).isFalse();
        byte[] ofImage = HexFormat.of().parseHex(keptHex("records/ImagePrediction.v1.hex"));
        assertThat(AvroCodec.of(ImagePrediction.class).decode(ofImage).getIsTest()).isFalse();
    }

    /** Records of different classes print alike: compare what they say. */
    private static String plain(Object value) {
        return String.valueOf(value);
    }

    private static byte[] bytes(GenericData.Record record) throws IOException {
        var encoder =
                new BinaryMessageEncoder<GenericData.Record>(GenericData.get(), record.getSchema());
        ByteBuffer buffer = encoder.encode(record);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static String keptHex(String file) {
        try (var in = SchemaHistoryTest.class.getResourceAsStream("/" + file)) {
            return in == null
                    ? "no such file"
                    : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A value that names its place: the same for the same schema, and nothing left at a default.
     */
    private static Object filled(Schema schema, int seed) {
        return switch (schema.getType()) {
            case RECORD -> {
                var record = new GenericData.Record(schema);
                for (Schema.Field field : schema.getFields()) {
                    record.put(field.pos(), filled(field.schema(), seed + field.pos()));
                }
                yield record;
            }
            case ENUM ->
                    new GenericData.EnumSymbol(
                            schema,
                            schema.getEnumSymbols().get(seed % schema.getEnumSymbols().size()));
            case ARRAY ->
                    List.of(
                            filled(schema.getElementType(), seed),
                            filled(schema.getElementType(), seed + 1));
            case MAP -> Map.of("key" + seed, filled(schema.getValueType(), seed));
            case UNION -> filled(schema.getTypes().get(schema.getTypes().size() - 1), seed);
            case STRING -> "text " + seed;
            case BYTES -> ByteBuffer.wrap(new byte[] {(byte) seed, (byte) -seed});
            case INT -> -3 * seed;
            case LONG -> 5_000_000_000L * seed;
            case FLOAT -> 0.5f * seed;
            case DOUBLE -> 0.25 * seed;
            case BOOLEAN -> seed % 2 == 1;
            default -> throw new IllegalArgumentException("no value for " + schema);
        };
    }
}
