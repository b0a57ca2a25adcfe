package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/**
 * A sample of the sweep: whole pipelines, failed and compared byte for byte. The command itself
 * goes on to every place in both modes.
 */
class CrashSweepITCase {

    private static final int RECORDS_WITH_TRIALS = 100;

    @ParameterizedTest
    @EnumSource(names = {"commandedTexts", "sharedTexts", "commandedImages", "streamingRobots"})
    void everyByteIsTheSameAfterAFailureAtARecordAndAtABarrier(Kind pipeline) {
        sweep(pipeline, 40, 40, "evaluation", "SOURCE");
    }

    @ParameterizedTest
    @EnumSource(names = {"texts", "images", "robots"})
    void theLearnersBytesAreTheSameAfterAFailureAtAnAnswer(Kind pipeline) {
        sweep(pipeline, 40, 40, "live", "ANSWERS");
    }

    /**
     * Failed at a record in their middle: some have ended, some are still to come.
     *
     * @param end that some of them come to: a text's version is always better than the one before
     */
    @ParameterizedTest
    @CsvSource({"triedTexts, trialPromoted", "triedImages, trialRolledBack"})
    void trialsOfVersionsGoOnAfterAFailure(Kind pipeline, String end) throws Exception {
        assertThat(measured(CrashSweep.undisturbed(pipeline, RECORDS_WITH_TRIALS, 1, "tried")))
                .contains("trialBegins", end);
        sweep(pipeline, RECORDS_WITH_TRIALS, 60, "evaluation", "SOURCE");
    }

    private static Set<String> measured(LoopbackRun.Result run) throws Exception {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        Set<String> names = new TreeSet<>();
        for (byte[] record : run.telemetry().values()) {
            codec.decode(record).getMeasurements().forEach(one -> names.add(one.getName()));
        }
        return names;
    }

    private static void sweep(Kind pipeline, int records, int every, String mode, String faultsIn) {
        int exit =
                new CommandLine(new CrashSweep())
                        .execute(
                                "--pipeline=" + pipeline,
                                "--records=" + records,
                                "--every=" + every,
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
