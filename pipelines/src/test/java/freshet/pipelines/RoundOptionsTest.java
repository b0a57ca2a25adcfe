package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.stability.remedies.PolicySource;
import freshet.operators.RoundConfig;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot go together with several workers stops before the job starts, and is named. */
class RoundOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    rounds.workers                    | 0      | rounds.workers is 0, must be from 1 to 128
                    rounds.workers                    | 129    | rounds.workers is 129, must be from 1 to 128
                    rounds.batches                    | 0      | rounds.batches is 0, must be from 1 to
                    pipeline                          | images | is for texts, set pipeline: text
                    many.enabled                      | true   | many.enabled has one for each source
                    learning.blend-alpha              | 0.5    | leave out learning.blend-alpha
                    stability.remedies                | act    | set stability.remedies: off
                    stability.remedies                | propose | set stability.remedies: off
                    execution.checkpointing.unaligned.enabled | true | needs aligned checkpoints
                    """)
    void isRefused(String option, String value, String message) {
        Configuration config = new Configuration();
        config.set(RoundOptions.WORKERS, 2);
        config.setString(option, value);
        assertThatThrownBy(() -> FreshetOptions.check(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rounds.")
                .hasMessageContaining(message);
    }

    @Test
    void severalWorkersTurnRemediesOffAndOneLeavesThemAsTheyAre() {
        Configuration config = new Configuration();
        assertThat(StabilityOptions.remedies(config)).isEqualTo(PolicySource.Mode.ACT);
        config.setString("rounds.workers", "2");
        FreshetOptions.check(config);
        assertThat(StabilityOptions.remedies(config)).isEqualTo(PolicySource.Mode.OFF);
        assertThat(RoundOptions.rounds(config)).isEqualTo(new RoundConfig(2, 16));
    }
}
