package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConfigurationTest {

    @Test
    void aWrongSizeNamesOptionValueAndRange() {
        assertThatThrownBy(
                        () -> new LanguageModelConfig(13, 8, 0, 2, 2, 8, 3, true, true, true, true))
                .hasMessage("model.layers is 0, must be in [1, 64]");
        assertThatThrownBy(
                        () -> new LanguageModelConfig(13, 9, 1, 2, 2, 8, 3, true, true, true, true))
                .hasMessageContaining("model.width is 9");
        assertThatThrownBy(
                        () -> new LanguageModelConfig(13, 8, 1, 2, 2, 8, 8, true, true, true, true))
                .hasMessage("model.segment is 8, must be in [1, 7]");
    }

    @Test
    void aWrongRateNamesOptionValueAndRange() {
        assertThatThrownBy(
                        () ->
                                new LearningConfig(
                                        -1, 0.9, 0.99, 1e-8, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0))
                .hasMessageContaining("learning.rate is -1.0");
        assertThatThrownBy(
                        () ->
                                new LearningConfig(
                                        0.1, 1, 0.99, 1e-8, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0))
                .hasMessageContaining("learning.beta1 is 1.0");
        assertThatThrownBy(
                        () ->
                                new LearningConfig(
                                        Double.NaN,
                                        0.9,
                                        0.99,
                                        1e-8,
                                        0,
                                        0,
                                        1,
                                        0,
                                        0,
                                        0,
                                        0,
                                        1,
                                        0,
                                        1,
                                        0))
                .hasMessageContaining("learning.rate is NaN");
    }

    @Test
    void theRateWarmsUpAndDecays() {
        var config =
                new LearningConfig(0.1, 0.9, 0.99, 1e-8, 10, 0.5, 1, 0, 0, 0, 0.98, 1, 0, 1, 0);
        assertThat(config.rateAt(1)).isCloseTo(0.01, within(1e-12));
        assertThat(config.rateAt(10)).isCloseTo(0.1 / 1.0045, within(1e-12));
        // 1 + 0.5 * 2000 / 1000 = 2
        assertThat(config.rateAt(2001)).isCloseTo(0.05, within(1e-12));
    }

    @Test
    void theAverageForgetsTheInitialWeightsSoon() {
        var config =
                new LearningConfig(0.1, 0.9, 0.99, 1e-8, 10, 0.5, 1, 0, 0, 0, 0.98, 1, 0, 1, 0);
        assertThat(config.averageDecayAt(1)).isCloseTo(0.1, within(1e-12));
        // 441 / (441 + 9) = 0.98
        assertThat(config.averageDecayAt(440)).isLessThan(0.98);
        assertThat(config.averageDecayAt(442)).isEqualTo(0.98);
    }

    @Test
    void theFingerprintTellsEverySizeAndTokenizerApart() {
        String tiny = LanguageFixtures.TINY.fingerprint("hash");
        assertThat(tiny).contains("vocabulary=13", "width=8", "tokenizer=hash");
        assertThat(LanguageFixtures.PLAIN.fingerprint("hash")).isNotEqualTo(tiny);
        assertThat(LanguageFixtures.TINY.fingerprint("other")).isNotEqualTo(tiny);
    }

    @Test
    void theDefaultModelHasTwoThirdsOfAMillionWeights() {
        // Embedding 2049 * 128 + bias 2048 + scale 1 + 2 * (3 * 128^2 + 128^2 + 2 * 4 * 128^2
        // + keyGain 128 + shift 128 + attentionScale 4).
        assertThat(LanguageModelConfig.defaults(2048).layout().build().size())
                .isEqualTo(262272 + 2048 + 1 + 2 * (12 * 16384 + 260));
    }
}
