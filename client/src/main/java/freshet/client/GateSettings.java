package freshet.client;

/**
 * How one robot's actions are kept safe.
 *
 * @param actuators numbers in an action, from 1
 * @param missPolicy what a step without an action does
 * @param stopAfterMisses misses in a row after which the robot stops as by {@link
 *     MissPolicy#SAFE_STOP}; 0: never
 * @param maxChange by how much an actuator may change from one step to the next, in (0, 2]; 2: at
 *     will. A stop is not slowed down by it
 */
public record GateSettings(
        int actuators, MissPolicy missPolicy, int stopAfterMisses, float maxChange) {

    public GateSettings {
        if (actuators < 1) {
            throw new IllegalArgumentException(
                    "actuators is %d, must be at least 1".formatted(actuators));
        }
        if (stopAfterMisses < 0) {
            throw new IllegalArgumentException(
                    "stopAfterMisses is %d, must not be negative".formatted(stopAfterMisses));
        }
        if (!(maxChange > 0 && maxChange <= 2)) {
            throw new IllegalArgumentException(
                    "maxChange is %s, must be above 0 and up to 2".formatted(maxChange));
        }
    }

    /** Holds the last action at a miss, never stops by itself, changes at will. */
    public static GateSettings of(int actuators) {
        return new GateSettings(actuators, MissPolicy.HOLD_LAST, 0, 2);
    }
}
