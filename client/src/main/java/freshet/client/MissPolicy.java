package freshet.client;

import java.util.Arrays;
import java.util.Locale;

/** What a robot does at a step whose action did not come in time. */
public enum MissPolicy {
    /** What it did at the step before; nothing at the first of an episode. */
    HOLD_LAST,
    /** Nothing: zero for every actuator. */
    ZERO,
    /** Nothing, at this and all further steps, until it is told to resume. */
    SAFE_STOP;

    /**
     * @param name hold-last, zero or safe-stop
     * @throws IllegalArgumentException that lists the names
     */
    public static MissPolicy of(String name) {
        return Arrays.stream(values())
                .filter(policy -> policy.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no miss policy %s, only %s"
                                                .formatted(name, Arrays.toString(values()))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
