package freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

/** The example in docs/wire-format.md is what the codec writes. */
class WireFormatDocTest {

    private static final Pattern BYTES = Pattern.compile("^((?:[0-9A-F]{2} )+) {2,}\\S.*");

    @Test
    void theWorkedExampleIsWhatTheCodecWrites() throws Exception {
        String documented =
                Files.readAllLines(Path.of("..", "docs", "wire-format.md")).stream()
                        .map(BYTES::matcher)
                        .filter(Matcher::matches)
                        .map(line -> line.group(1).replace(" ", ""))
                        .collect(Collectors.joining());
        byte[] text = "Hi".getBytes(StandardCharsets.UTF_8);
        byte[] written =
                AvroCodec.of(TextObservation.class)
                        .encode(
                                new TextObservation(
                                        "mill",
                                        1L,
                                        1_700_000_000_000L,
                                        ByteBuffer.wrap(text),
                                        false));
        assertThat(documented).isEqualTo(HexFormat.of().withUpperCase().formatHex(written));
    }

    @Test
    void theFingerprintsInThePythonRobotAreTheSchemas() throws Exception {
        long fingerprint =
                SchemaNormalization.parsingFingerprint64(
                        SchemaHistory.of(RobotObservation.getClassSchema()).get(1));
        assertThat(Files.readString(Path.of("..", "docs", "examples", "robot.py")))
                .contains("OBSERVATION_FINGERPRINT = 0x%X".formatted(fingerprint))
                .contains(
                        "COMMAND_FINGERPRINT = 0x%X"
                                .formatted(
                                        SchemaNormalization.parsingFingerprint64(
                                                ControlCommand.getClassSchema())));
    }

    @Test
    void theFingerprintInThePythonExampleIsTheSchemas() throws Exception {
        long fingerprint =
                SchemaNormalization.parsingFingerprint64(TextObservation.getClassSchema());
        assertThat(Files.readString(Path.of("..", "docs", "wire-format.md")))
                .contains("struct.pack(\"<Q\", 0x%X)".formatted(fingerprint));
    }
}
