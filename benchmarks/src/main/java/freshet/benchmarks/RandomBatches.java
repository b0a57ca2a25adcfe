package freshet.benchmarks;

import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/** Batches of random content: to the time that a learner takes it does not matter. */
public final class RandomBatches {

    /** Of pictures, pixels. */
    public static final int SIDE = 28;

    public static final int CLASSES = 10;

    private static final int STREAMS = 8; // sources of text whose context is kept

    private RandomBatches() {}

    /** Text of one source, cut as the pipeline does. */
    public static final class Texts {
        private final LanguageModelConfig sizes;
        private final TextBatchCutter cutter;
        private final CounterRandom random = new CounterRandom(1, 0, 0);
        private final Deque<TextBatch> ready = new ArrayDeque<>();
        private long texts;

        public Texts(LanguageModelConfig sizes) {
            this.sizes = sizes;
            this.cutter = new TextBatchCutter(sizes.segment(), sizes.window(), STREAMS);
        }

        public TextBatch next() {
            while (ready.isEmpty()) {
                int[] tokens = new int[sizes.window()];
                for (int k = 0; k < tokens.length; k++) {
                    tokens[k] = (int) random.nextLong(sizes.vocabulary());
                }
                long at = texts++;
                ready.addAll(cutter.add(new TokenizedText("source", at, 1000 * at, tokens)));
            }
            return ready.remove();
        }
    }

    /**
     * Pictures of {@value #SIDE} x {@value #SIDE}.
     *
     * @param number tells batches apart
     */
    public static ExampleBatch pictures(int batch, long number, boolean labelled) {
        float[] pixels = floats(new CounterRandom(2, number, 0), batch * SIDE * SIDE);
        int[] labels = new int[batch];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % CLASSES;
        }
        return labelled ? ExampleBatch.source(pixels, labels) : ExampleBatch.target(pixels, batch);
    }

    /** In [0, 1). */
    public static float[] floats(CounterRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }
}
