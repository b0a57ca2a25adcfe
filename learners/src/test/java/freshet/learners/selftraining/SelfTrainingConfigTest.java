package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.selftraining.SelfTrainingConfig.Guard;
import freshet.learners.selftraining.SelfTrainingConfig.Method;
import freshet.learners.selftraining.SelfTrainingConfig.Rates;
import freshet.learners.selftraining.SelfTrainingConfig.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfTrainingConfigTest {

    @Test
    void theRateFallsAlongHalfACosineToAHundredth() {
        var source = new Source(0.01, 100, 0);
        assertThat(source.rateAt(0)).isEqualTo(0.01);
        assertThat(source.rateAt(50)).isCloseTo(0.005, within(1e-15));
        assertThat(source.rateAt(100)).isEqualTo(0.0001);
        assertThat(source.rateAt(1_000_000)).isEqualTo(0.0001);
    }

    @Test
    void aValueOutOfRangeIsNamed() {
        assertThatThrownBy(() -> new Source(0, 1, 0)).hasMessageContaining("source.rate is 0.0");
        assertThatThrownBy(() -> new Rates(1e-3, 0, 5, 1, 15))
                .hasMessageContaining("rates.teacherDecay is 1.0");
        assertThatThrownBy(() -> new Guard(2, 0)).hasMessageContaining("guard.entropyShare is 2.0");
        assertThatThrownBy(() -> Method.gift(0)).hasMessageContaining("method.rampExamples is 0.0");
        Method gift = Method.gift(1);
        assertThatThrownBy(
                        () ->
                                new Method(
                                        gift.mixing(),
                                        1,
                                        List.of(),
                                        gift.alignment(),
                                        0,
                                        0.3,
                                        0,
                                        0,
                                        false))
                .hasMessageContaining("method.layers is empty");
    }

    @Test
    void whatTheDetectorsCannotDoIsNamed() {
        assertThatThrownBy(() -> new Drift(50, 0.005, 0, 0.001, 256, 128, 1, 0, true, 0))
                .hasMessageContaining("drift.kswinWindow is 256.0, must be in [257.0");
        assertThatThrownBy(() -> new Drift(0, 0, 1, 0, 512, 128, 1, 0, true, 0))
                .hasMessageContaining("drift.adwinDelta is 1.0");
        assertThatThrownBy(() -> new Drift(0, 0, 0, 0.1, 512, 128, 0, 0, true, 0))
                .hasMessageContaining("drift.projections is 0.0");
        assertThatThrownBy(() -> new Guard(0.75, 0.9, -1))
                .hasMessageContaining("guard.collapseSteps is -1.0");
        assertThatThrownBy(() -> new Drift(50, 0.005, 0, 0, 512, 128, 1, 0, false, 100))
                .hasMessageContaining("without drift.restart nothing starts");
    }
}
