package freshet.operators;

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
}
