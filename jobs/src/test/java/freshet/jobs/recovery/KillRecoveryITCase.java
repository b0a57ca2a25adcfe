package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/**
 * A sample of the command: a real Kafka, the job in a process of its own, killed once. Jobs of
 * texts are killed by {@link ChaosITCase}.
 */
class KillRecoveryITCase {

    @ParameterizedTest
    @EnumSource(names = {"robots", "sharedTexts"})
    void aKilledProcessLeavesTheBytesOfAnUndisturbedOne(Kind pipeline, @TempDir Path folder) {
        int exit =
                new CommandLine(new KillRecovery())
                        .execute(
                                "--pipeline=" + pipeline,
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
