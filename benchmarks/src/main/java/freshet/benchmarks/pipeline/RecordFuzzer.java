package freshet.benchmarks.pipeline;

import freshet.schemas.AvroCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Records that come near to what a topic takes: a sound record with one field at an extreme, cut
 * short, with a length that lies, with bits turned, with bytes behind its end; and noise.
 */
final class RecordFuzzer<T extends SpecificRecordBase> {

    /** A varint of ten bytes: as a length, more than anything can have. */
    private static final byte[] HUGE = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1};

    private static final int LONG_STRING = 1_000;
    private static final int HEADER_BYTES = 10; // marker and fingerprint of the schema

    private final AvroCodec<T> codec;
    private final T sound;
    private final byte[] soundBytes;
    private final SplittableRandom random;

    /**
     * @param sound a valid record; is not changed
     */
    RecordFuzzer(Class<T> type, T sound, SplittableRandom random) {
        this.codec = AvroCodec.of(type);
        this.sound = sound;
        this.soundBytes = codec.encode(sound);
        this.random = random;
    }

    /** Bytes of a record; null one time in a thousand, as a tombstone has none. */
    byte[] next() {
        int kind = random.nextInt(1_000);
        if (kind < 1) {
            return null;
        } else if (kind < 100) {
            return noise(random.nextInt(200));
        } else if (kind < 550) {
            return extreme();
        } else if (kind < 700) {
            return Arrays.copyOf(soundBytes, random.nextInt(soundBytes.length));
        } else if (kind < 850) {
            return lyingLength();
        } else if (kind < 950) {
            return turnedBits();
        }
        byte[] longer = Arrays.copyOf(soundBytes, soundBytes.length + 1 + random.nextInt(20));
        byte[] tail = noise(longer.length - soundBytes.length);
        System.arraycopy(tail, 0, longer, soundBytes.length, tail.length);
        return longer;
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private byte[] lyingLength() {
        int at = HEADER_BYTES + random.nextInt(soundBytes.length - HEADER_BYTES);
        byte[] lying = Arrays.copyOf(soundBytes, Math.max(soundBytes.length, at + HUGE.length));
        System.arraycopy(HUGE, 0, lying, at, HUGE.length);
        return lying;
    }

    private byte[] turnedBits() {
        byte[] turned = soundBytes.clone();
        for (int bit = 0; bit <= random.nextInt(8); bit++) {
            turned[random.nextInt(turned.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return turned;
    }

    /** One field, or one field of one of its records, far from what it should be. */
    private byte[] extreme() {
        T copy = SpecificData.get().deepCopy(sound.getSchema(), sound);
        List<Schema.Field> fields = copy.getSchema().getFields();
        Schema.Field field = fields.get(random.nextInt(fields.size()));
        copy.put(field.pos(), extreme(field.schema(), copy.get(field.pos())));
        return codec.encode(copy);
    }

    private Object extreme(Schema schema, Object value) {
        return switch (schema.getType()) {
            case STRING -> random.nextBoolean() ? "" : "x".repeat(LONG_STRING);
            case LONG -> pick(Long.MIN_VALUE, -1L, Long.MAX_VALUE);
            case INT -> pick(Integer.MIN_VALUE, -1, Integer.MAX_VALUE);
            case FLOAT -> pick(Float.NaN, Float.POSITIVE_INFINITY, -Float.MAX_VALUE);
            case DOUBLE -> pick(Double.NaN, Double.NEGATIVE_INFINITY, Double.MAX_VALUE);
            case BOOLEAN -> !(Boolean) value;
            case BYTES -> ByteBuffer.wrap(noise(random.nextInt(50)));
            case ENUM, FIXED, RECORD, NULL -> value;
            case MAP -> Map.of("x".repeat(LONG_STRING), "");
            case ARRAY -> repeated((List<?>) value);
            case UNION ->
                    random.nextBoolean() && schema.isNullable()
                            ? null
                            : extreme(present(schema), value);
        };
    }

    @SafeVarargs
    private <V> V pick(V... of) {
        return of[random.nextInt(of.length)];
    }

    private static Schema present(Schema union) {
        return union.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
    }

    /** None, or many times what is there. */
    private List<?> repeated(List<?> values) {
        List<Object> many = new ArrayList<>();
        if (!values.isEmpty() && random.nextBoolean()) {
            for (int i = 0; i < 500; i++) {
                many.add(values.get(0));
            }
        }
        return many;
    }
}
