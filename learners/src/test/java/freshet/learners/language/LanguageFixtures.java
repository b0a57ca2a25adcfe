package freshet.learners.language;

import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.List;

/** Sizes small enough to compute by brute force, and batches for them. */
final class LanguageFixtures {

    static final String TOKENIZER = "test-tokenizer";

    /** V 13, D 8, 2 layers, 2 heads, W 8, C 3. */
    static final LanguageModelConfig TINY =
            new LanguageModelConfig(13, 8, 2, 2, 2, 8, 3, true, true, true, true);

    /** The same without any of the options. */
    static final LanguageModelConfig PLAIN =
            new LanguageModelConfig(13, 8, 2, 2, 2, 8, 3, false, false, false, false);

    private LanguageFixtures() {}

    static LearningConfig learning(long seed, int probeEverySteps) {
        return learning(seed, probeEverySteps, 0.5);
    }

    static LearningConfig learning(long seed, int probeEverySteps, double averageDecay) {
        int spectraEverySteps = Math.max(1, probeEverySteps);
        return new LearningConfig(
                0.01,
                0.9,
                0.99,
                1e-8,
                2,
                0.1,
                1,
                1,
                12,
                0.01,
                averageDecay,
                seed,
                probeEverySteps,
                spectraEverySteps,
                probeEverySteps);
    }

    static int[] tokens(long seed, int count) {
        var random = new CounterRandom(seed, 0, 0);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = (int) random.nextLong(TINY.vocabulary());
        }
        return tokens;
    }

    /** Seven batches of two sources: more windows than the replay store of four holds. */
    static List<TextBatch> batches() {
        var cutter = new TextBatchCutter(TINY.segment(), TINY.window(), 2);
        var batches = new ArrayList<TextBatch>();
        for (int i = 0; i < 6; i++) {
            batches.addAll(
                    cutter.add(new TokenizedText("source" + i % 2, i, 1000L * i, tokens(i, 4))));
        }
        return batches;
    }
}
