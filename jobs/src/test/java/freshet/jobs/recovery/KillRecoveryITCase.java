package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A sample of the command: a real Kafka, the job in a process of its own, killed once. Jobs of
 * texts are killed by {@link ChaosITCase}.
 */
class KillRecoveryITCase {

    @Test
    void aKilledProcessLeavesTheBytesOfAnUndisturbedOne(@TempDir Path folder) {
        int exit =
                new CommandLine(new KillRecovery())
                        .execute(
                                "--pipeline=robots",
                                "--parallelism=2",
                                "--partitions=2",
                                "--modes=evaluation",
                                "--faults=KILL",
                                "--kills=1",
                                "--records=100",
                                "--folder=" + folder);
        assertThat(exit).isZero();
    }
}
