package freshet.learners.stability;

/**
 * Watches one series of numbers and raises an alarm when its distribution changes. After an alarm
 * it starts anew from what came since.
 */
public interface DriftDetector {

    /**
     * Takes the next number.
     *
     * @return whether this one raises the alarm
     * @throws IllegalArgumentException if it is not finite
     */
    boolean add(double value);

    /** All that a resumed detector needs, its format first. */
    byte[] snapshot();

    /**
     * Goes on from what {@link #snapshot} gave.
     *
     * @throws IllegalArgumentException if it is of another kind or format, or cut short
     */
    void restore(byte[] snapshot);
}
