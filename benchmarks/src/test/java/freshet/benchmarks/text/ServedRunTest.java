package freshet.benchmarks.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.benchmarks.RecordOverrides;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.memory.ExpertMixer;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemorySearch;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServedRunTest {

    private static final int V = 2048;
    private static final TensorEngine ENGINE = TensorEngines.start("libtorch", 1);

    /** D 16, 1 layer, 2 heads, W 24, C 12, published at every update, without average. */
    private static ServedRun.Setup tiny(int publishEvery) {
        return new ServedRun.Setup(
                new LanguageModelConfig(V, 16, 1, 2, 2, 24, 12, true, true, true, true),
                RecordOverrides.with(LearningConfig.defaults(), Map.of("averageDecay", "0")),
                new MemoryConfig(2, 256, 8, 16, MemorySearch.EXACT, 14),
                ExpertMixer.Config.defaults(),
                publishEvery);
    }

    private static TextStream.Text text(int i, String text) {
        return new TextStream.Text("book", i, i, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theFirstTextIsAnsweredByTheUntrainedModelHoweverLongItIs() {
        String words = "It is a truth universally acknowledged. ".repeat(40);
        try (var run = new ServedRun(ENGINE, tiny(1))) {
            Score score = run.serveThenLearn(text(0, words));
            assertThat(score.bytes).isEqualTo(1600);
            assertThat(score.tokens)
                    .isEqualTo(
                            BytePairTokenizer.load()
                                    .encode(words.getBytes(StandardCharsets.UTF_8))
                                    .length);
            // log2 V = 11 bits a token without information; initial logits are small, not 0.
            assertThat(score.model / score.tokens).isCloseTo(11, within(0.2));
            // The learner saw the repetition within the text, the served model could not.
            assertThat(score.learner / score.learned).isLessThan(10);
        }
    }

    @Test
    void aVersionAnswersFromTheTextAfterTheOneItLearned() {
        String words = "It is a truth universally acknowledged. ".repeat(40);
        try (var prompt = new ServedRun(ENGINE, tiny(1));
                var never = new ServedRun(ENGINE, tiny(1_000_000))) {
            prompt.serveThenLearn(text(0, words));
            never.serveThenLearn(text(0, words));
            Score served = prompt.serveThenLearn(text(1, words));
            Score stale = never.serveThenLearn(text(1, words));
            assertThat(served.model).isLessThan(0.9 * stale.model);
            assertThat(stale.model / stale.tokens).isCloseTo(11, within(0.2));
            // The memory does not wait for a version.
            assertThat(stale.all).isLessThan(0.5 * stale.model);
        }
    }
}
