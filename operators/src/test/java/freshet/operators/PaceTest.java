package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.Measurement;
import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void reportsWhatSoManyUpdatesTook() {
        var pace = new Pace(3);
        assertThat(pace.stepped(2_000)).isEmpty();
        assertThat(pace.stepped(5_500)).isEmpty();
        assertThat(pace.stepped(1_000))
                .contains(new Measurement("stepTimeMicros", -1, -1, 3, 8.5, 1.0, 5.5));
        assertThat(pace.stepped(7_000)).isEmpty();
        assertThat(pace.stepped(7_000)).isEmpty();
        assertThat(pace.stepped(7_000).orElseThrow().sum()).isEqualTo(21.0);
    }

    @Test
    void reportsNothingUnlessAsked() {
        assertThat(new Pace(0).stepped(1_000)).isEmpty();
    }
}
