package freshet.schemas;

/** Bytes that are not a record of a known schema; the message says why in one line. */
public final class UndecodableRecordException extends Exception {

    private static final long serialVersionUID = 1;

    public UndecodableRecordException(String message) {
        super(message);
    }

    public UndecodableRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
