package freshet.jobs.demo.robots;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.util.List;
import org.junit.jupiter.api.Test;

class RobotMeterTest {

    /**
     * @param steps that the report is of
     * @param surpriseNats their sum
     */
    static Telemetry report(
            String part, long eventMillis, long steps, double surpriseNats, double ageMillis) {
        return new Telemetry(
                "robots",
                part,
                1L,
                eventMillis,
                List.of(
                        new Measurement("surpriseNats", -1, -1, steps, surpriseNats, 0.0, 9.0),
                        new Measurement(
                                "modelAgeMillis", -1, -1, 1L, ageMillis, ageMillis, ageMillis)),
                List.of(),
                0);
    }

    /** Slots are five seconds: 10 to 15 s and 20 to 25 s. */
    @Test
    void surpriseIsTheMeanOverTheStepsOfASlot() {
        var meter = new RobotMeter();
        meter.add(report("robot:a", 9_000, 50, 9_999, 7)); // before anything is learned
        meter.modelHasLearned();
        meter.add(report("robot:a", 10_000, 50, 100, 7));
        meter.add(report("learner", 11_000, 50, 999, 999));
        meter.add(report("robot:b", 14_999, 150, 500, 8));
        meter.add(report("robot:a", 21_000, 50, 50, 9));
        assertThat(meter.modelAgeMillis()).isEqualTo(9);
        // 600 / 200 in the middle of the first five seconds; 50 / 50 twelve and a half later.
        assertThat(meter.surprise())
                .containsExactly(
                        new RobotMeter.Surprise(2.5 / 60, 3),
                        new RobotMeter.Surprise(12.5 / 60, 1));
    }
}
