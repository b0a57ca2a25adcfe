package freshet.benchmarks.memory;

import freshet.benchmarks.text.TextStream;
import freshet.learners.ModelArtifact;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModel;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.Tokenizer;
import freshet.learners.tensor.TensorEngine;
import freshet.pipelines.FreshetOptions;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Keys as the text pipeline gives them to its memory: the language model's hidden states of books
 * that it learns as it reads, each text by the newest version that has not seen it.
 *
 * @param width D, floats in a key
 * @param values {@code [count, D]}, in the order of the stream
 */
record MemoryKeys(int width, float[] values) {

    private static final int RECORD_BYTES = 1024;
    private static final int[] NOTHING = {};

    int count() {
        return values.length / width;
    }

    float[] key(int index) {
        return Arrays.copyOfRange(values, index * width, (index + 1) * width);
    }

    /**
     * Makes keys.
     *
     * @param learned of the first so many tokens the model learns; the others are read by the
     *     version it has then
     */
    static MemoryKeys make(TensorEngine engine, int count, int learned) throws IOException {
        Tokenizer tokenizer = BytePairTokenizer.load();
        var sizes = LanguageModelConfig.defaults(tokenizer.vocabulary());
        var values = new float[count * sizes.width()];
        var cutter = new TextBatchCutter(sizes.segment(), sizes.window(), 1_000);
        TextStream stream = TextStream.of(TextStream.BOOKS, RECORD_BYTES, Long.MAX_VALUE);
        try (var learner =
                new LanguageLearner(engine, sizes, LearningConfig.defaults(), tokenizer.hash())) {
            ModelArtifact newest = learner.publish();
            try (var model = new LanguageModel(engine, sizes, tokenizer.hash(), newest)) {
                int made = 0;
                String source = "";
                int[] context = NOTHING;
                for (TextStream.Text text : stream.texts()) {
                    if (made == count) {
                        break;
                    }
                    context = text.source().equals(source) ? context : NOTHING;
                    source = text.source();
                    int[] tokens = tokenizer.encode(text.bytes());
                    float[] keys = model.score(context, tokens).keys();
                    int taken = Math.min(tokens.length, count - made);
                    System.arraycopy(keys, 0, values, made * sizes.width(), taken * sizes.width());
                    made += taken;
                    if (made < learned) {
                        for (TextBatch batch : cutter.add(text.tokenized(tokenizer))) {
                            long step = learner.step(batch).step();
                            if (step >= newest.step() + publishEvery()) {
                                newest = learner.publish();
                                model.load(newest);
                            }
                        }
                    }
                    context = tail(context, tokens, sizes.window() - 1);
                }
                if (made < count) {
                    throw new IllegalArgumentException(
                            "the books have %d tokens, not %d".formatted(made, count));
                }
            }
        }
        return new MemoryKeys(sizes.width(), values);
    }

    private static int publishEvery() {
        return FreshetOptions.PUBLISH_EVERY.defaultValue();
    }

    private static int[] tail(int[] context, int[] tokens, int limit) {
        int[] all = Arrays.copyOf(context, context.length + tokens.length);
        System.arraycopy(tokens, 0, all, context.length, tokens.length);
        return Arrays.copyOfRange(all, Math.max(0, all.length - limit), all.length);
    }

    void write(Path file) throws IOException {
        try (var out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(width);
            out.writeInt(count());
            for (float value : values) {
                out.writeFloat(value);
            }
        }
    }

    /** The first {@code count} keys of a file. */
    static MemoryKeys read(Path file, int count) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int width = in.readInt();
            int there = in.readInt();
            if (there < count) {
                throw new IllegalArgumentException(
                        "%s holds %d keys, %d are needed".formatted(file, there, count));
            }
            var values = new float[count * width];
            for (int i = 0; i < values.length; i++) {
                values[i] = in.readFloat();
            }
            return new MemoryKeys(width, values);
        }
    }
}
