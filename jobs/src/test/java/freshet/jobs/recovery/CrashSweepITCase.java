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

    /**
     * Failed at a record in their middle: some have ended, some are still to come.
     *
     * @param end that some of them come to: a text's version is always better than the one before
     */
    @ParameterizedTest
    @CsvSource({"triedTexts, trialPromoted", "triedImages, trialRolledBack"})
    void trialsOfVersionsGoOnAfterAFailure(Kind pipeline, String end) throws Exception {
        var inTheMiddle = new Fault.Plan(Fault.Place.SOURCE, Fault.At.RECORD, 61);
        LoopbackRun.Result undisturbed =
                CrashSweep.run(pipeline, 100, 2, true, Fault.Plan.NONE, "tried");
        LoopbackRun.Result failed = CrashSweep.run(pipeline, 100, 2, true, inTheMiddle, "tried");
        assertThat(measured(undisturbed)).contains("trialBegins", end);
        assertThat(failed.failed()).isTrue();
        assertThat(failed.differenceTo(undisturbed, true)).isNull();
    }

    private static Set<String> measured(LoopbackRun.Result run) throws Exception {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        Set<String> names = new TreeSet<>();
        for (byte[] record : run.telemetry().values()) {
            codec.decode(record).getMeasurements().forEach(one -> names.add(one.getName()));
        }
        return names;
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
        LoopbackRun.Result alone =
                CrashSweep.run(pipeline, 60, 1, true, Fault.Plan.NONE, "parallel");
        assertThat(alone.predictions()).hasSizeGreaterThan(20);
        assertThat(
                        CrashSweep.run(pipeline, 60, 3, true, Fault.Plan.NONE, "parallel")
                                .differenceTo(alone, true))
                .isNull();
    }
}
