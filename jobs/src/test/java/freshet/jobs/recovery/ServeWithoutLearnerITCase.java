package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command: a real Kafka, learner and predictor in processes of their own, both killed. */
class ServeWithoutLearnerITCase {

    @Test
    void aKilledPredictorAnswersWithTheModelItHadThoughLearnerAndModelsAreGone(
            @TempDir Path folder) {
        int exit =
                new CommandLine(new ServeWithoutLearner())
                        .execute("--records=60", "--folder=" + folder);
        assertThat(exit).isZero();
    }
}
