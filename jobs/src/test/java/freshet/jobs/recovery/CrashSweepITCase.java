package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sample of the sweep: the whole text pipeline, failed and compared byte for byte. */
class CrashSweepITCase {

    @Test
    void everyByteIsTheSameAfterAFailureAtARecordAndAtABarrier() throws Exception {
        List<String> lines = new ArrayList<>();
        CrashSweep.Outcome outcome = new CrashSweep(60, 2, lines::add).sweep(40);
        assertThat(lines).noneMatch(line -> line.contains("differs"));
        assertThat(outcome.crashed()).isEqualTo(outcome.runs()).isGreaterThanOrEqualTo(3);
        assertThat(outcome.differing()).isZero();
    }

    @Test
    void parallelismChangesNoByte() throws Exception {
        LoopbackRun.Result alone = CrashSweep.undisturbed(60, 1);
        assertThat(alone.predictions()).hasSizeGreaterThan(50);
        assertThat(CrashSweep.undisturbed(60, 3).differenceTo(alone)).isNull();
    }
}
