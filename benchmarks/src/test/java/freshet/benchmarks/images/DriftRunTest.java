package freshet.benchmarks.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.benchmarks.images.DriftRun.Detector;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.vision.DriftSchedule;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A short version of {@code benchmarks/run drift-detection}. */
class DriftRunTest {

    private static final int SHIFT = 3_840;
    private static final int RECORDS = 5_760;

    private static RotationProtocol protocol;

    @BeforeAll
    static void learnSource() {
        var engine = TensorEngines.start("libtorch", 1);
        protocol = new RotationProtocol(engine, 1, RECORDS, RotationProtocol.GROUP, 2_000, 10);
        protocol.learnSource();
    }

    private static DriftRun run(DriftSchedule schedule, boolean learns) {
        // The ramp ends before the shift.
        var config = SelfTrainingConfig.defaults(RotationMethod.GIFT.method(SHIFT), 1);
        Drift standard = Drift.defaults();
        Drift reporting =
                new Drift(
                        standard.pageHinkleyThreshold(),
                        standard.pageHinkleyTolerance(),
                        standard.adwinDelta(),
                        standard.kswinAlpha(),
                        standard.kswinWindow(),
                        standard.kswinNewest(),
                        standard.projections(),
                        1_280,
                        false);
        var watching =
                new SelfTrainingConfig(
                        config.source(),
                        config.method(),
                        config.rates(),
                        config.guard(),
                        config.reservoirPerClass(),
                        config.seed(),
                        reporting);
        return new DriftRun(protocol, schedule, RECORDS, watching, learns);
    }

    @Test
    void eachDetectorFindsAHalfRightAngleAndNoneIsAlarmedBefore() {
        var shifting =
                new DriftSchedule(
                        List.of(
                                DriftSchedule.Stage.turns(0, 0, 5),
                                DriftSchedule.Stage.turns(SHIFT - 1L, 0, 5),
                                DriftSchedule.Stage.turns(SHIFT, 40, 45)));
        DriftRun run = run(shifting, true);
        for (Detector detector : Detector.values()) {
            assertThat(run.alarms(detector)).as(detector.title()).isNotEmpty();
            assertThat(run.alarms(detector).get(0)).as(detector.title()).isGreaterThan(SHIFT);
            assertThat(DriftRun.delay(run.alarms(detector), SHIFT)).isLessThanOrEqualTo(1_280);
        }
        assertThat(run.accuracy(0, SHIFT)).isGreaterThan(run.accuracy(SHIFT, RECORDS) + 0.2);
    }

    @Test
    void withoutAShiftNoneIsAlarmed() {
        DriftRun run = run(DriftSchedule.turns(0, 5), true);
        assertThat(run.alarms()).isEmpty();
        assertThat(run.records()).isEqualTo(RECORDS);
    }

    @Test
    void delayIsFromTheShiftToTheFirstAlarmAfterIt() {
        assertThat(DriftRun.delay(List.of(128, 512, 640), 256)).isEqualTo(256);
        assertThat(DriftRun.delay(List.of(128), 256)).isEqualTo(-1);
    }

    @Test
    void accuracyOfAPartIsThatOfItsBatches() {
        DriftRun run = run(DriftSchedule.turns(0, 5), false);
        double first = run.accuracy(0, 1_280);
        double second = run.accuracy(1_280, RECORDS);
        assertThat(run.accuracy(0, RECORDS))
                .isCloseTo((first * 1_280 + second * (RECORDS - 1_280)) / RECORDS, within(1e-12));
        assertThat(first).isGreaterThan(0.6);
    }
}
