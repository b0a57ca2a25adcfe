package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A sample of the command: the memory of texts moved over one and then three subtasks. */
class RescalingITCase {

    @Test
    void aRescaledServeJobAnswersAsOneThatWasLeftAlone(@TempDir Path folder) {
        int exit =
                new CommandLine(new Rescaling())
                        .execute(
                                "--pipelines=texts",
                                "--parallelism=1,3",
                                "--records=60",
                                "--folder=" + folder);
        assertThat(exit).isZero();
    }
}
