package freshet.benchmarks.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A little of the command: two pipelines, fifteen hundred fuzzed records. */
class FuzzedStreamTest {

    @Test
    void fuzzedRecordsStopNothingAndNothingIsLost() {
        int exit =
                new CommandLine(new FuzzedStreamBenchmark())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .execute("--records", "1500", "--pipelines", "text,robots", "--seed", "3");
        assertThat(exit).isZero();
    }
}
