package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A sample of the sweep: the whole text pipeline, failed and compared byte for byte. */
class CrashSweepITCase {

    @Test
    void everyByteIsTheSameAfterAFailureAtARecordAndAtABarrier() {
        int exit =
                new CommandLine(new CrashSweep())
                        .execute("--records=60", "--every=40", "--parallelism=2");
        assertThat(exit).isZero();
    }

    @Test
    void parallelismChangesNoByte() throws Exception {
        LoopbackRun.Result alone = CrashSweep.undisturbed(60, 1);
        assertThat(alone.predictions()).hasSizeGreaterThan(50);
        assertThat(CrashSweep.undisturbed(60, 3).differenceTo(alone, true)).isNull();
    }
}
