package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DelayedLabelsITCase {

    @Test
    void scoresOfLateLabelsAreThoseOfTheLogs() {
        int exit = new CommandLine(new DelayedLabels()).execute("--pictures=300", "--delays=1,200");
        assertThat(exit).isZero();
    }
}
