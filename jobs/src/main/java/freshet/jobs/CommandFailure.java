package freshet.jobs;

/**
 * Something the user can put right. The message is one line: what is wrong, where, and what to do;
 * the command prints it without a stack trace and exits with 1.
 */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CommandFailure(String message) {
        super(message);
    }

    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
