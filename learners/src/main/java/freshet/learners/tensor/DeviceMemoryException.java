package freshet.learners.tensor;

/**
 * A device has no room for what a step, session or matrix needs. Thrown before parameters or
 * moments change, so that a learner may refuse the batch and go on; the gradient may be lost.
 */
public final class DeviceMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * @param device such as {@code cuda:0}
     * @param budget bytes that may be held there
     * @param used bytes that are
     * @param asked bytes wanted on top
     * @param what they are for
     */
    public DeviceMemoryException(String device, long budget, long used, long asked, String what) {
        super(
                "%s: %s needs %d bytes, %d of the budget of %d are in use; raise tensor.device-memory, or learn smaller batches"
                        .formatted(device, what, asked, used, budget));
    }

    /**
     * What the library itself ran out of while it computed.
     *
     * @param says the library's own words, with what it asked for
     */
    public DeviceMemoryException(
            String device, long budget, long used, String says, Throwable cause) {
        super(
                "%s: out of memory within a step (%s); %d bytes of the budget of %d are held between steps; raise tensor.device-memory, or learn smaller batches"
                        .formatted(device, says, used, budget),
                cause);
    }
}
