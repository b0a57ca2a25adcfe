package freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.language.LearningConfig;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingConfig.Method;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordOverridesTest {

    @Test
    void changesTheNamedComponentsOnly() {
        LearningConfig standard = LearningConfig.defaults();
        LearningConfig changed =
                RecordOverrides.with(standard, Map.of("rate", "0.5", "replayWindows", "3"));
        assertThat(changed.rate()).isEqualTo(0.5);
        assertThat(changed.replayWindows()).isEqualTo(3);
        assertThat(
                        RecordOverrides.with(
                                changed,
                                Map.of(
                                        "rate",
                                        String.valueOf(standard.rate()),
                                        "replayWindows",
                                        String.valueOf(standard.replayWindows()))))
                .isEqualTo(standard);
    }

    @Test
    void readsEnumsAndLists() {
        Method changed =
                RecordOverrides.with(
                        Method.gift(10),
                        Map.of("mixing", "beta", "layers", "0+1", "augment", "true"));
        assertThat(changed.mixing()).isEqualTo(SelfTrainingConfig.Mixing.BETA);
        assertThat(changed.layers()).containsExactly(0, 1);
        assertThat(changed.augment()).isTrue();
        assertThatThrownBy(() -> RecordOverrides.with(Method.gift(10), Map.of("mixing", "never")))
                .hasMessageContaining("never");
    }

    @Test
    void refusesANameThatIsNoComponentAndAValueOutOfRange() {
        LearningConfig standard = LearningConfig.defaults();
        assertThatThrownBy(() -> RecordOverrides.with(standard, Map.of("speed", "1")))
                .hasMessageContaining("speed")
                .hasMessageContaining("rate");
        assertThatThrownBy(() -> RecordOverrides.with(standard, Map.of("rate", "7")))
                .hasMessageContaining("learning.rate is 7.0");
    }
}
