package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bad texts: each becomes a dead letter that holds what came, and where. */
class TextDecoderTest {

    private static final int MAX_BYTES = 65_536;
    private static final long MAX_AHEAD = 86_400_000;
    private static final long APPENDED = 1_700_000_000_000L;

    private final AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);

    @Test
    void aGoodTextIsValid() {
        TextRecord record = decode(text("mill", 3, APPENDED, bytes("water")));
        assertThat(record.problem).isNull();
        assertThat(record.text).isEqualTo(bytes("water"));
        assertThat(record.sequence).isEqualTo(3);
    }

    @Test
    void aSequenceThatJumpsIsValid() {
        assertThat(decode(text("mill", Long.MAX_VALUE, APPENDED, bytes("water"))).problem).isNull();
    }

    @Test
    void noValue() {
        assertDeadLetter(null, DeadLetterReason.UNDECODABLE, "no value");
    }

    @Test
    void bytesThatAreNoSingleObject() {
        assertDeadLetter(bytes("water"), DeadLetterReason.UNDECODABLE, "expected C3 01");
    }

    @Test
    void anUnknownFingerprint() {
        byte[] value = text("mill", 0, APPENDED, bytes("water"));
        value[2]++;
        assertDeadLetter(value, DeadLetterReason.UNDECODABLE, "is of no known version of");
    }

    @Test
    void bytesCutShortAnywhere() {
        byte[] value = text("mill", 0, APPENDED, bytes("water"));
        for (int length = 0; length < value.length; length++) {
            assertDeadLetter(Arrays.copyOf(value, length), DeadLetterReason.UNDECODABLE, "");
        }
    }

    @Test
    void bytesThatAreLeftOver() {
        byte[] value = text("mill", 0, APPENDED, bytes("water"));
        assertDeadLetter(
                Arrays.copyOf(value, value.length + 1),
                DeadLetterReason.UNDECODABLE,
                "bytes are left");
    }

    @Test
    void aLengthOfTwoGigabytesThatIsNotThere() {
        byte[] start = Arrays.copyOf(text("mill", 0, APPENDED, bytes("water")), 10);
        byte[] value = Arrays.copyOf(start, 15); // zigzag of 2^31 - 1: FE FF FF FF 0F
        System.arraycopy(
                new byte[] {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F},
                0,
                value,
                10,
                5);
        assertDeadLetter(value, DeadLetterReason.UNDECODABLE, "malformed TextObservation");
    }

    @Test
    void anEmptyText() {
        assertDeadLetter(
                text("mill", 0, APPENDED, new byte[0]), DeadLetterReason.INVALID, "text is empty");
    }

    @Test
    void tenMegabytesOfText() {
        byte[] long10 = new byte[10 << 20];
        Arrays.fill(long10, (byte) 'a');
        assertDeadLetter(
                text("mill", 0, APPENDED, long10),
                DeadLetterReason.TOO_LONG,
                "text has 10485760 bytes, at most 65536");
    }

    @Test
    void textThatIsNotUtf8() {
        // A lone continuation byte, a surrogate, an overlong slash.
        for (byte[] bad :
                new byte[][] {
                    {(byte) 0x80},
                    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                    {(byte) 0xC0, (byte) 0xAF}
                }) {
            assertDeadLetter(
                    text("mill", 0, APPENDED, bad), DeadLetterReason.NOT_UTF8, "not UTF-8");
        }
    }

    @Test
    void aNegativeEventTime() {
        assertDeadLetter(
                text("mill", 0, -1, bytes("water")),
                DeadLetterReason.INVALID,
                "event time is -1, must be from 0 to 1700086400000");
    }

    @Test
    void anAbsurdEventTimeIsRefusedAndTheLatestAllowedIsNot() {
        long latest = APPENDED + MAX_AHEAD;
        assertThat(decode(text("mill", 0, latest, bytes("water"))).problem).isNull();
        for (long absurd : new long[] {latest + 1, Long.MAX_VALUE}) {
            assertDeadLetter(
                    text("mill", 0, absurd, bytes("water")),
                    DeadLetterReason.INVALID,
                    "event time is " + absurd);
        }
    }

    @Test
    void aNegativeSequenceAndASourceWithoutOrWithTooLongAName() {
        assertDeadLetter(
                text("mill", -1, APPENDED, bytes("water")),
                DeadLetterReason.INVALID,
                "sequence is -1");
        assertDeadLetter(
                text("", 0, APPENDED, bytes("water")),
                DeadLetterReason.INVALID,
                "source has 0 characters, must have 1 to 256");
        assertDeadLetter(
                text("m".repeat(257), 0, APPENDED, bytes("water")),
                DeadLetterReason.INVALID,
                "source has 257 characters");
    }

    private void assertDeadLetter(byte[] value, DeadLetterReason reason, String detail) {
        TextRecord record = decode(value);
        assertThat(record.problem).isEqualTo(reason.name());
        OutRecord letter = DeadLetterRecords.of(record);
        assertThat(letter.key).isEqualTo(bytes("its key"));
        assertThat(letter.value).isEqualTo(value);
        Map<String, String> headers = BadModelsTest.headers(letter);
        assertThat(headers)
                .containsEntry("trace", "abc")
                .containsEntry("freshet.topic", "observations.text")
                .containsEntry("freshet.partition", "3")
                .containsEntry("freshet.offset", "42")
                .containsEntry("freshet.timestamp", String.valueOf(APPENDED))
                .containsEntry("freshet.reason", reason.name());
        assertThat(headers.get("freshet.detail")).contains(detail);
    }

    private static TextRecord decode(byte[] value) {
        return new TextDecoder(MAX_BYTES, MAX_AHEAD)
                .decode(
                        "observations.text",
                        3,
                        42,
                        APPENDED,
                        bytes("its key"),
                        value,
                        new String[] {"trace"},
                        new byte[][] {bytes("abc")});
    }

    private byte[] text(String source, long sequence, long eventTime, byte[] text) {
        return codec.encode(
                new TextObservation(source, sequence, eventTime, ByteBuffer.wrap(text), true));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
