package freshet.pipelines;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Reads options and refuses those out of range, naming option, value and range. */
final class OptionRanges {

    private static final Duration LONGEST = Duration.ofDays(365);

    private OptionRanges() {}

    static double inRange(
            ReadableConfig config, ConfigOption<Double> option, double low, double high) {
        double value = config.get(option);
        if (!(value >= low && value <= high)) { // NaN too
            throw new IllegalArgumentException(
                    "%s is %s, must be from %s to %s".formatted(option.key(), value, low, high));
        }
        return value;
    }

    static Duration inRange(ReadableConfig config, ConfigOption<Duration> option, Duration low) {
        Duration value = config.get(option);
        if (value.compareTo(low) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is %d ms, must be from %d to %d ms"
                            .formatted(
                                    option.key(),
                                    value.toMillis(),
                                    low.toMillis(),
                                    LONGEST.toMillis()));
        }
        return value;
    }

    static int inRange(ReadableConfig config, ConfigOption<Integer> option, int low, int high) {
        int value = config.get(option);
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s is %d, must be from %d to %d".formatted(option.key(), value, low, high));
        }
        return value;
    }
}
