package freshet.benchmarks;

import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.Tokenizer;
import freshet.learners.memory.ContextAnswer;
import freshet.learners.memory.ContextShard;
import freshet.learners.memory.ExpertMixer;
import freshet.learners.memory.MemoryRecord;
import freshet.learners.memory.VocabularyTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * How well n-gram and longest match alone predict text, learning as they go, and how fast: the
 * cheap rival that the language model must beat. Prints prequential bits per byte beside {@code xz
 * -9e} on the same bytes.
 *
 * <p>Arguments: files; each is read from scratch. The vocabulary, trained on other books, is
 * charged in a column of its own.
 */
public final class ContextExpertsBenchmark {

    /** Compressed size of the vocabulary file, which xz does not need. */
    private static final int VOCABULARY_BYTES = 4700;

    private static final int RECORD_TOKENS = 64;
    private static final int REACH = 32;
    private static final int[] NO_CANDIDATES = {};

    private ContextExpertsBenchmark() {}

    public static void main(String[] files) throws IOException {
        if (files.length == 0) {
            throw new IllegalArgumentException("name one text file or more");
        }
        Tokenizer tokenizer = BytePairTokenizer.load();
        byte[][] entries = new byte[tokenizer.vocabulary()][];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = tokenizer.token(i);
        }
        VocabularyTree tree = VocabularyTree.zipf(entries);
        System.out.println(
                "| text | bytes | xz -9e | experts | change | with vocabulary | tokens/s |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String file : files) {
            byte[] text = Files.readAllBytes(Path.of(file));
            int[] tokens = tokenizer.encode(text);
            long start = System.nanoTime();
            double bits = bits(tokens, tree);
            double seconds = (System.nanoTime() - start) / 1e9;
            double xz = 8.0 * xzBytes(text) / text.length;
            double experts = bits / text.length;
            double charged = (bits + 8.0 * VOCABULARY_BYTES) / text.length;
            System.out.printf(
                    "| %s | %d | %.4f | %.4f | %+.2f %% | %+.2f %% | %.0f |%n",
                    Path.of(file).getFileName(),
                    text.length,
                    xz,
                    experts,
                    100 * (experts / xz - 1),
                    100 * (charged / xz - 1),
                    tokens.length / seconds);
        }
    }

    private static double bits(int[] tokens, VocabularyTree tree) {
        var shard = new ContextShard(0, 1, ContextShard.DEFAULT_SLOTS_LOG2, tree);
        var mixer = new ExpertMixer(tree, ExpertMixer.Config.defaults());
        double bits = 0;
        for (int from = 0; from < tokens.length; from += RECORD_TOKENS) {
            int to = Math.min(tokens.length, from + RECORD_TOKENS);
            int[] context = Arrays.copyOfRange(tokens, Math.max(0, from - REACH), from);
            int[] text = Arrays.copyOfRange(tokens, from, to);
            var record =
                    new MemoryRecord(context, text, new float[0], 0, from, NO_CANDIDATES, true);
            ContextAnswer answer = shard.answerThenInsert(record);
            bits +=
                    DoubleStream.of(
                                    mixer.mix(
                                                    context,
                                                    text,
                                                    null,
                                                    null,
                                                    answer,
                                                    NO_CANDIDATES,
                                                    true)
                                            .contexts())
                            .sum();
        }
        return bits;
    }

    private static long xzBytes(byte[] text) throws IOException {
        var counter = new CountingStream();
        var strongest = new LZMA2Options(LZMA2Options.PRESET_MAX);
        strongest.setNiceLen(LZMA2Options.NICE_LEN_MAX); // what -e adds to -9
        strongest.setDepthLimit(512);
        try (var xz = new XZOutputStream(counter, strongest)) {
            xz.write(text);
        }
        return counter.bytes;
    }

    private static final class CountingStream extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int from, int length) {
            bytes += length;
        }
    }
}
