package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A sample of the command: the memory of texts moved over 1, 2, 3 and 1 subtasks. */
class RescalingITCase {

    @Test
    void aRescaledServeJobAnswersAsOneThatWasLeftAlone(@TempDir Path folder) {
        int exit =
                new CommandLine(new Rescaling())
                        .execute("--pipelines=texts", "--records=120", "--folder=" + folder);
        assertThat(exit).isZero();
    }
}
