package freshet.operators;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A record ready for a topic: key, value and headers as bytes. */
public class OutRecord {
    public byte[] key;
    public byte[] value;
    public String[] headerNames = {};
    public byte[][] headerValues = {};

    public OutRecord() {}

    public OutRecord(byte[] key, byte[] value) {
        this.key = key;
        this.value = value;
    }

    /** Adds a header of text. */
    OutRecord withHeader(String name, String text) {
        headerNames = Arrays.copyOf(headerNames, headerNames.length + 1);
        headerValues = Arrays.copyOf(headerValues, headerValues.length + 1);
        headerNames[headerNames.length - 1] = name;
        headerValues[headerValues.length - 1] = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }
}
