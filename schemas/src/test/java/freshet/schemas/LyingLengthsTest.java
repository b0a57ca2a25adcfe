package freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Records of every kind that travels, with a length or count put anywhere that promises more than
 * there is: they are refused, or mean something else, and cost little memory.
 */
class LyingLengthsTest {

    /** Of one record; the whole broker's limit is that of a record, 16 MiB. */
    private static final long MOST_BYTES = 40L << 20;

    /** Zigzag varints of 2^20 (allowed as a count), 2^24, 2^31 - 1, 2^31, 2^40 and -2^31. */
    private static final List<byte[]> LENGTHS =
            Stream.of(
                            "80808001",
                            "80808010",
                            "feffffff0f",
                            "8080808010",
                            "80808080808040",
                            "ffffffff0f")
                    .map(HexFormat.of()::parseHex)
                    .toList();

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TestFactory
    Stream<DynamicTest> noKindOfRecordTakesMuchMemory() {
        return AllSchemas.TYPES.stream()
                .map(type -> DynamicTest.dynamicTest(type.getSimpleName(), () -> lie(type)));
    }

    private <T extends SpecificRecordBase> void lie(Class<T> type) throws IOException {
        AvroCodec<T> codec = AvroCodec.of(type);
        byte[] record = record(type);
        int refused = 0;
        for (int at = 10; at < record.length; at++) {
            for (byte[] length : LENGTHS) {
                byte[] lying = Arrays.copyOf(record, record.length - 1 + length.length);
                System.arraycopy(length, 0, lying, at, length.length);
                System.arraycopy(record, at + 1, lying, at + length.length, record.length - at - 1);
                long before = threads.getCurrentThreadAllocatedBytes();
                try {
                    codec.decode(lying);
                } catch (UndecodableRecordException e) {
                    refused++;
                }
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(allocated)
                        .as("%s at byte %d", HexFormat.of().formatHex(length), at)
                        .isLessThan(MOST_BYTES);
            }
        }
        assertThat(refused).isPositive();
    }

    /** The newest of those that are kept, whole. */
    private static byte[] record(Class<?> type) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources/records"))) {
            Path newest =
                    files.filter(file -> file.toString().endsWith(".hex"))
                            .filter(file -> file.toString().contains(type.getSimpleName()))
                            .max(Comparator.naturalOrder())
                            .orElseThrow();
            return HexFormat.of().parseHex(Files.readString(newest).replaceAll("\\s", ""));
        }
    }
}
