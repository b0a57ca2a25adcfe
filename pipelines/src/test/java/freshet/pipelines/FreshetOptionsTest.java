package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong option stops before the job starts and names itself, its value and the range. */
class FreshetOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    text.max-bytes                | 0        | from 1 to 1000000
                    text.max-bytes                | 1000001  | from 1 to 1000000
                    stream.max-sources              | 0        | from 1 to 1000000
                    stream.max-lead                 | 366 d    | from 0 to
                    stream.allowed-disorder         | 366 d    | from 0 to
                    stream.idle-timeout             | 366 d    | from 0 to
                    stream.max-ahead                | 366 d    | from 0 to
                    tensor.threads                | 0        | from 1 to 256
                    model.width                   | 9000     | in [4, 8192]
                    model.width                   | 130      | divisible by model.heads = 4
                    model.layers                  | 0        | in [1, 64]
                    model.heads                   | 0        | in [1, 64]
                    learning.rate                 | 0        | to 1.0
                    learning.rate                 | NaN      | to 1.0
                    learning.activation-l2        | -0.1     | from 0.0 to 10.0
                    learning.replay-windows       | 65       | from 0 to 64
                    learning.publish-every-updates| 0        | from 1 to 1000000
                    telemetry.probe-every-updates | 0        | from 1 to 1000000
                    telemetry.diagnose-every-updates | -1    | from 0 to 1000000
                    memory.shards                 | 129      | from 1 to 128
                    memory.capacity               | 12       | a multiple of memory.shards, 8
                    memory.neighbours             | 0        | from 1 to 1024
                    memory.context-slots-log2     | 31       | from 10 to 30
                    serve.evaluation-delay        | 0 ms     | from 1 to
                    serve.parallelism             | 0        | from 1 to 128
                    serve.candidates              | 4        | from 5 to
                    serve.explain-every           | -1       | from 0 to
                    serve.flow-every              | -1       | from 0 to
                    serve.trial-share             | 0.6      | from 0.0 to 0.5
                    serve.trial-least-pairs       | 1        | from 2 to
                    serve.trial-most-pairs        | 29       | from 30 to
                    serve.trial-tolerance-nats    | -1       | from 0.0 to
                    serve.trial-error             | 0        | from 1.0E-9 to
                    """)
    void outOfRangeNamesOptionValueAndRange(String option, String value, String range) {
        Configuration config = new Configuration();
        config.setString(option, value);
        config.setString("serve.mode", option.contains("evaluation") ? "EVALUATION" : "LIVE");
        assertThatThrownBy(() -> FreshetOptions.texts(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option)
                .hasMessageContaining(range);
    }

    @Test
    void theTransactionTimeoutIsChecked() {
        Configuration config = new Configuration();
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, "localhost:1");
        config.setString("delivery.transaction-timeout", "10 ms");
        assertThatThrownBy(() -> FreshetOptions.kafka(config))
                .hasMessageContaining("delivery.transaction-timeout is 10 ms, must be from 1000");
    }

    /** Kafka would give it up before the checkpoint that commits it. */
    @Test
    void aTransactionShorterThanACheckpointMayTakeIsRefused() {
        Configuration config = new Configuration();
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, "localhost:1");
        config.setString("delivery.transaction-timeout", "130 s");
        config.setString("execution.checkpointing.interval", "10 s");
        config.setString("execution.checkpointing.timeout", "119 s");
        assertThat(FreshetOptions.kafka(config).transactionTimeout()).hasSeconds(130);
        config.setString("execution.checkpointing.timeout", "120 s");
        assertThatThrownBy(() -> FreshetOptions.kafka(config))
                .hasMessageContaining("delivery.transaction-timeout is 130 s, must exceed");
        config.setString("delivery.models", "at-least-once");
        config.setString("delivery.others", "at-least-once");
        assertThat(FreshetOptions.kafka(config).transactionTimeout()).hasSeconds(130);
    }

    @Test
    void withoutABrokerTheOptionIsNamed() {
        assertThatThrownBy(() -> FreshetOptions.kafka(new Configuration()))
                .hasMessageContaining("kafka.bootstrap-servers is not set");
    }

    @Test
    void anOverrideHoldsForItsModelOnly() {
        Configuration config = new Configuration();
        config.setString("models", "small;wide");
        config.setString("model-overrides.wide.model.width", "256");
        var texts = FreshetOptions.texts(config);
        assertThat(texts.get(0).learner().model().width()).isEqualTo(128);
        assertThat(texts.get(1).learner().model().width()).isEqualTo(256);
    }
}
