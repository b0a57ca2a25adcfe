package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Measurement;
import freshet.learners.scoring.PrequentialScore;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassScoresTest {

    private static final ClassScores.Config CONFIG =
            new ClassScores.Config(new PrequentialScore.Config(2, 2, 1, 0.5), 1);

    private static final float[] SURE_OF_0 = {0.75f, 0.25f};

    @Test
    void scoresAllAndTheFirstSourceApart() {
        var scores = new ClassScores(CONFIG);
        scores.add("a", SURE_OF_0, 0); // right
        scores.add("b", SURE_OF_0, 1); // wrong; b is one source too many
        scores.add("a", SURE_OF_0, 0); // right
        assertThat(scores.sources()).containsExactly("a");
        assertThat(value(scores.measureAll(), "accuracy")).isEqualTo(2 / 3.0, within(1e-15));
        // Weights 1, 1/2 and 1/4, newest first: (1 + 1/4) / 1.75.
        assertThat(value(scores.measureAll(), "accuracyFading"))
                .isEqualTo(1.25 / 1.75, within(1e-15));
        assertThat(value(scores.measure("a"), "accuracy")).isEqualTo(1);
        // -ln 0.75 twice and -ln 0.25.
        assertThat(value(scores.measureAll(), "logLossNats"))
                .isEqualTo((2 * 0.2876820724517809 + 1.3862943611198906) / 3, within(1e-15));
        assertThat(scores.measureAll())
                .contains(new Measurement("confusionRecords", 0, 0, 1, 2, 2, 2))
                .contains(new Measurement("confusionRecords", 1, 0, 1, 1, 1, 1));
    }

    @Test
    void aRiseOfTheErrorRaisesTheAlarmsOfItsDetectors() {
        var scores = new ClassScores(CONFIG);
        List<String> alarms = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            boolean wrong = i < 1_000 ? i % 10 == 0 : i % 2 == 0;
            for (Measurement alarm : scores.add("a", SURE_OF_0, wrong ? 1 : 0)) {
                alarms.add(alarm.name());
                assertThat(i).as(alarm.name()).isGreaterThan(1_000);
            }
        }
        assertThat(alarms).contains("errorAlarmDdm", "errorAlarmAdwin", "errorAlarmPageHinkley");
    }

    @Test
    void resumedAnywhereItScoresTheSame() {
        var random = new CounterRandom(1, 0, 0);
        var undisturbed = new ClassScores(CONFIG);
        var resumed = new ClassScores(CONFIG);
        for (int i = 0; i < 200; i++) {
            float share = (float) random.nextDouble();
            int label = (int) random.nextLong(2);
            float[] probabilities = {share, 1 - share};
            assertThat(resumed.add("s" + i % 2, probabilities, label))
                    .isEqualTo(undisturbed.add("s" + i % 2, probabilities, label));
            var next = new ClassScores(CONFIG);
            next.restore(resumed.snapshot());
            resumed = next;
            assertThat(resumed.snapshot()).isEqualTo(undisturbed.snapshot());
        }
        assertThat(resumed.measureAll()).isEqualTo(undisturbed.measureAll());
    }

    private static double value(List<Measurement> points, String name) {
        return points.stream()
                .filter(point -> point.name().equals(name))
                .mapToDouble(Measurement::min)
                .findFirst()
                .orElseThrow();
    }
}
