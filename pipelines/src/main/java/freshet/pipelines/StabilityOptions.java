package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.stability.remedies.PolicySource;
import freshet.learners.stability.rules.RuleSource;
import freshet.operators.LearnerActions;
import freshet.operators.WebhookSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the watch over all models: docs/stability.md describes the rules. */
public final class StabilityOptions {

    public static final ConfigOption<Boolean> ENABLED =
            key("stability.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription("Whether telemetry is watched and alerts are raised.");
    public static final ConfigOption<String> RULES =
            key("stability.rules")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "YAML file of rules, read where the job is started; empty: the default"
                                    + " rules.");
    public static final ConfigOption<List<String>> RULES_OFF =
            key("stability.rules-off")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription("Names of rules that are left out.");
    public static final ConfigOption<String> POLICY =
            key("stability.policy")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "YAML file of remedies, read where the job is started; empty: the"
                                    + " default remedies.");
    public static final ConfigOption<PolicySource.Mode> REMEDIES =
            key("stability.remedies")
                    .enumType(PolicySource.Mode.class)
                    .defaultValue(PolicySource.Mode.ACT)
                    .withDescription(
                            "Whether remedies give orders to learners (act), propose them as dry"
                                    + " runs for a person to confirm (propose), or nothing (off)."
                                    + " With rounds.workers above 1 off if not set.");
    public static final ConfigOption<String> WEBHOOK_URL =
            key("stability.webhook.url")
                    .stringType()
                    .defaultValue("")
                    .withDescription("Where each alert is posted as JSON; empty: nowhere.");
    public static final ConfigOption<String> WEBHOOK_SECRET =
            key("stability.webhook.secret-variable")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "Environment variable, where the job runs, with the secret that goes"
                                    + " to the webhook as Authorization: Bearer; empty: none goes.");
    public static final ConfigOption<Integer> WEBHOOK_QUEUE =
            key("stability.webhook.queue")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription(
                            "Alerts that wait for the webhook at most, from 1 to 100000; the oldest"
                                    + " goes first.");

    private StabilityOptions() {}

    /**
     * Reads and checks the options, and the rules.
     *
     * @throws IllegalArgumentException naming the option, or the file and line of what is wrong
     */
    public static StabilitySettings stability(ReadableConfig config) {
        String file = config.get(RULES);
        RuleSource rules = file.isEmpty() ? RuleSource.defaults() : RuleSource.of(Path.of(file));
        rules = rules.without(config.get(RULES_OFF));
        PolicySource.Mode mode = remedies(config);
        String policy = config.get(POLICY);
        PolicySource remedies =
                policy.isEmpty()
                        ? PolicySource.defaults(mode)
                        : PolicySource.of(Path.of(policy), mode);
        var unused = remedies.read(rules.read().names(), LearnerActions.ARGUMENTS);
        return new StabilitySettings(
                config.get(ENABLED),
                rules,
                remedies,
                webhook(config),
                inRange(config, FreshetOptions.MAX_AHEAD, Duration.ZERO).toMillis());
    }

    /** Several workers of one model take no orders. */
    static PolicySource.Mode remedies(ReadableConfig config) {
        return config.getOptional(REMEDIES)
                .orElse(
                        RoundOptions.enabled(config)
                                ? PolicySource.Mode.OFF
                                : REMEDIES.defaultValue());
    }

    private static WebhookSettings webhook(ReadableConfig config) {
        String url = config.get(WEBHOOK_URL);
        int queue = inRange(config, WEBHOOK_QUEUE, 1, 100_000);
        if (url.isEmpty()) {
            return null;
        }
        try {
            return WebhookSettings.of(URI.create(url), config.get(WEBHOOK_SECRET), queue);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s cannot be used: %s".formatted(WEBHOOK_URL.key(), e.getMessage()), e);
        }
    }
}
