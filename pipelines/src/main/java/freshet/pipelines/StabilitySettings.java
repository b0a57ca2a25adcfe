package freshet.pipelines;

import freshet.learners.stability.remedies.PolicySource;
import freshet.learners.stability.rules.RuleSource;
import freshet.operators.WebhookSettings;

/**
 * How models are watched.
 *
 * @param enabled whether they are
 * @param rules what is judged; they have been read once without complaint
 * @param remedies what is done about it; they too
 * @param webhook whom to tell of alerts; null: nobody
 * @param maxAheadMillis how far the event time of telemetry may lie after the log's own
 */
public record StabilitySettings(
        boolean enabled,
        RuleSource rules,
        PolicySource remedies,
        WebhookSettings webhook,
        long maxAheadMillis) {}
