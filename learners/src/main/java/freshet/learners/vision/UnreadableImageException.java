package freshet.learners.vision;

/** Bytes that are no image, or one beyond the limits; the message says which and what was found. */
public final class UnreadableImageException extends Exception {

    private static final long serialVersionUID = 1;

    public UnreadableImageException(String message) {
        super(message);
    }

    public UnreadableImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
