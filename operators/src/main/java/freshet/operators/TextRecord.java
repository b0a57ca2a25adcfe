package freshet.operators;

/** A record of the text topic. */
public class TextRecord extends InRecord {
    private static final long serialVersionUID = 1;

    public byte[] text;

    @Override
    byte[] content() {
        return text;
    }
}
