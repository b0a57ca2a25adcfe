package freshet.benchmarks.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.benchmarks.images.DriftRun.Detector;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.ShiftScaleTurn;
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
        protocol =
                new RotationProtocol(
                        engine,
                        1,
                        RECORDS,
                        RotationProtocol.GROUP,
                        ShiftScaleTurn.defaults(28, 28, 0),
                        2_000,
                        5);
        protocol.learnSource();
    }

    /** Of a model that stays as it is. */
    private static DriftRun run(DriftSchedule schedule) {
        return run(schedule, SelfTrainingConfig.Method.none(), Drift.reporting());
    }

    private static DriftRun run(
            DriftSchedule schedule, SelfTrainingConfig.Method method, Drift drift) {
        var standard = SelfTrainingConfig.defaults(method, 1);
        var config =
                new SelfTrainingConfig(
                        standard.source(),
                        standard.method(),
                        standard.rates(),
                        standard.guard(),
                        standard.reservoirPerClass(),
                        standard.seed(),
                        drift);
        return new DriftRun(protocol, schedule, RECORDS, config);
    }

    private static DriftSchedule shifting() {
        return new DriftSchedule(
                List.of(
                        DriftSchedule.Stage.turns(0, 0, 5),
                        DriftSchedule.Stage.turns(SHIFT - 1L, 0, 5),
                        DriftSchedule.Stage.turns(SHIFT, 40, 45)));
    }

    @Test
    void eachDetectorFindsAHalfRightAngleAndNoneIsAlarmedBefore() {
        DriftRun run = run(shifting());
        for (Detector detector : Detector.values()) {
            assertThat(run.alarms(detector)).as(detector.title()).isNotEmpty();
            assertThat(run.alarms(detector).get(0)).as(detector.title()).isGreaterThan(SHIFT);
            assertThat(DriftRun.delay(run.alarms(detector), SHIFT)).isLessThanOrEqualTo(1_280);
        }
        assertThat(run.accuracy(0, SHIFT)).isGreaterThan(run.accuracy(SHIFT, RECORDS) + 0.2);
    }

    @Test
    void withoutAShiftNoneIsAlarmed() {
        DriftRun run = run(DriftSchedule.turns(0, 5));
        assertThat(run.alarms()).isEmpty();
        assertThat(run.records()).isEqualTo(RECORDS);
    }

    @Test
    void aModelThatLearnsOnAlarmStaysTheSourceUntilThenAndLearnsEachBatchAfter() {
        DriftRun stays = run(shifting());
        DriftRun learns =
                run(
                        shifting(),
                        SelfTrainingConfig.Method.balancedSelfTraining(),
                        Drift.adaptingOnAlarm(RECORDS));
        int alarm = learns.alarms().get(0);
        assertThat(learns.alarms()).hasSize(1);
        assertThat(alarm).isEqualTo(stays.alarms().get(0)).isGreaterThan(SHIFT);
        assertThat(learns.accuracy(0, alarm)).isEqualTo(stays.accuracy(0, alarm));
        assertThat(stays.telemetry()).doesNotContainKey("gradientNorm");
        assertThat(learns.telemetry().get("gradientNorm").count())
                .isEqualTo((RECORDS - alarm) / RotationProtocol.GROUP);
    }

    @Test
    void delayIsFromTheShiftToTheFirstAlarmAfterIt() {
        assertThat(DriftRun.delay(List.of(128, 512, 640), 256)).isEqualTo(256);
        assertThat(DriftRun.delay(List.of(128), 256)).isEqualTo(-1);
    }

    @Test
    void accuracyOfAPartIsThatOfItsBatches() {
        DriftRun run = run(DriftSchedule.turns(0, 5));
        double first = run.accuracy(0, 1_280);
        double second = run.accuracy(1_280, RECORDS);
        assertThat(run.accuracy(0, RECORDS))
                .isCloseTo((first * 1_280 + second * (RECORDS - 1_280)) / RECORDS, within(1e-12));
        assertThat(first).isGreaterThan(0.6);
    }
}
