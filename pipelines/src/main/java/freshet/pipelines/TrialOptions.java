package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.scoring.PairedTrial;
import freshet.operators.TrialConfig;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of trying new versions on a share of the keys. */
public final class TrialOptions {

    public static final ConfigOption<Double> SHARE =
            key("serve.trial-share")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "Share of the keys (sources of texts, record ids of images) that a new"
                                    + " version answers until it has shown that it is as good as"
                                    + " the stable one, from 0 to 0.5. 0: every version is served"
                                    + " at once. Otherwise the step that answers runs at"
                                    + " parallelism 1. Not for robots.");
    public static final ConfigOption<Integer> LEAST =
            key("serve.trial-least-pairs")
                    .intType()
                    .defaultValue(30)
                    .withDescription(
                            "Records answered and scored by both versions before the first verdict,"
                                    + " at least 2.");
    public static final ConfigOption<Integer> MOST =
            key("serve.trial-most-pairs")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription("The same after which the mean decides, bound or not.");
    public static final ConfigOption<Double> TOLERANCE =
            key("serve.trial-tolerance-nats")
                    .doubleType()
                    .defaultValue(0.01)
                    .withDescription(
                            "By how much a version's mean loss (a label's log loss, a text's nats a"
                                    + " token) may be above the stable one's.");
    public static final ConfigOption<Double> ERROR =
            key("serve.trial-error")
                    .doubleType()
                    .defaultValue(0.05)
                    .withDescription(
                            "Probability that the bound on the difference does not hold, above 0"
                                    + " and below 1.");

    private TrialOptions() {}

    /** Whether versions are tried, so that predictors take orders. */
    public static boolean enabled(ReadableConfig config) {
        return read(config).enabled();
    }

    static TrialConfig read(ReadableConfig config) {
        int least = inRange(config, LEAST, 2, 1_000_000);
        return new TrialConfig(
                inRange(config, SHARE, 0, 0.5),
                new PairedTrial.Config(
                        least,
                        inRange(config, MOST, least, 10_000_000),
                        inRange(config, TOLERANCE, 0, 100),
                        inRange(config, ERROR, 1e-9, Math.nextDown(1.0))));
    }
}
