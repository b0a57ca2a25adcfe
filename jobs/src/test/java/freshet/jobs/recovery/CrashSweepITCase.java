package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/**
 * A sample of the sweep: whole pipelines, failed and compared byte for byte. The command itself
 * goes on to every place in both modes.
 */
class CrashSweepITCase {

    @ParameterizedTest
    @EnumSource(names = {"commandedTexts", "sharedTexts", "commandedImages", "streamingRobots"})
    void everyByteIsTheSameAfterAFailureAtARecordAndAtABarrier(Kind pipeline) {
        sweep(pipeline, "evaluation", "SOURCE");
    }

    @ParameterizedTest
    @EnumSource(names = {"texts", "images", "robots"})
    void theLearnersBytesAreTheSameAfterAFailureAtAnAnswer(Kind pipeline) {
        sweep(pipeline, "live", "ANSWERS");
    }

    private static void sweep(Kind pipeline, String mode, String faultsIn) {
        int exit =
                new CommandLine(new CrashSweep())
                        .execute(
                                "--pipeline=" + pipeline,
                                "--records=40",
                                "--every=40",
                                "--modes=" + mode,
                                "--faults-in=" + faultsIn,
                                "--parallelism=2");
        assertThat(exit).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"texts", "images", "robots"})
    void parallelismChangesNoByte(Kind pipeline) throws Exception {
        LoopbackRun.Result alone = CrashSweep.undisturbed(pipeline, 60, 1, "parallel");
        assertThat(alone.predictions()).hasSizeGreaterThan(20);
        assertThat(CrashSweep.undisturbed(pipeline, 60, 3, "parallel").differenceTo(alone, true))
                .isNull();
    }
}
