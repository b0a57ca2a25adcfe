package freshet.benchmarks.text;

import freshet.learners.ModelArtifact;
import freshet.learners.StepReport;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModel;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ScoredText;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.language.Tokenizer;
import freshet.learners.memory.ExpertMixer;
import freshet.learners.memory.MemoryAnswer;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemoryRecord;
import freshet.learners.memory.MemoryShard;
import freshet.learners.memory.MixedText;
import freshet.learners.memory.ModelPath;
import freshet.learners.memory.TextSearch;
import freshet.learners.memory.VocabularyTree;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Serves and learns texts in this process with the classes of the pipeline, in its evaluation mode:
 * a text is answered by the newest published version that was trained on records before it only,
 * memorised, and then learned.
 */
final class ServedRun implements AutoCloseable {

    /**
     * All that fixes a run.
     *
     * @param publishEvery updates between two published versions
     * @param memory null: the language model alone
     */
    record Setup(
            LanguageModelConfig model,
            LearningConfig learning,
            MemoryConfig memory,
            ExpertMixer.Config mixer,
            int publishEvery) {}

    private static final int MAX_SOURCES = 1000;
    private static final double LN_2 = Math.log(2);
    private static final int[] NOTHING = {};

    private final TensorEngine engine;
    private final Setup setup;
    private final Tokenizer tokenizer = BytePairTokenizer.load();
    private final VocabularyTree tree;
    private final LanguageLearner learner;
    private final TextBatchCutter cutter;
    private final LanguageModel model;
    private final List<MemoryShard> shards = new ArrayList<>();
    private final ExpertMixer mixer;

    private ModelArtifact newest;
    private ModelArtifact loaded;
    private String source = "";
    private int[] context = NOTHING;
    private long memorised;
    private long learnNanos;
    private long serveNanos;

    ServedRun(TensorEngine engine, Setup setup) {
        this.engine = engine;
        this.setup = setup;
        byte[][] entries = new byte[tokenizer.vocabulary()][];
        for (int id = 0; id < entries.length; id++) {
            entries[id] = tokenizer.token(id);
        }
        tree = VocabularyTree.zipf(entries);
        learner = new LanguageLearner(engine, setup.model(), setup.learning(), tokenizer.hash());
        cutter = new TextBatchCutter(setup.model().segment(), setup.model().window(), MAX_SOURCES);
        newest = learner.publish();
        loaded = newest;
        model = new LanguageModel(engine, setup.model(), tokenizer.hash(), newest);
        if (setup.memory() != null) {
            for (int shard = 0; shard < setup.memory().shards(); shard++) {
                shards.add(new MemoryShard(shard, setup.memory(), engine, tree));
            }
        }
        mixer = new ExpertMixer(tree, setup.mixer());
    }

    /** A model of its own with the newest version's weights; the caller closes it. */
    LanguageModel frozenCopy() {
        return new LanguageModel(engine, setup.model(), tokenizer.hash(), newest);
    }

    /** Bits of the next text of the stream under another model, leaving no trace. */
    double bitsBy(LanguageModel other, TextStream.Text text) {
        int[] tokens = tokenizer.encode(text.bytes());
        return bits(other.score(text.source().equals(source) ? context : NOTHING, tokens), tokens);
    }

    /** Answers a text, memorises it and learns from it. */
    Score serveThenLearn(TextStream.Text text) {
        if (!text.source().equals(source)) {
            source = text.source();
            context = NOTHING;
        }
        int[] tokens = tokenizer.encode(text.bytes());
        var score = new Score();
        score.bytes = text.bytes().length;
        score.tokens = tokens.length;
        long start = System.nanoTime();
        serve(tokens, score);
        long served = System.nanoTime();
        serveNanos += served - start;
        learn(text, tokens, score);
        learnNanos += System.nanoTime() - served;
        context = tail(tokens);
        return score;
    }

    /** Bits of a text under the newest version, leaving no trace. */
    double modelBits(byte[] text) {
        load();
        int[] tokens = tokenizer.encode(text);
        return bits(model.score(NOTHING, tokens), tokens);
    }

    private void load() {
        if (newest.step() != loaded.step()) {
            model.load(newest);
            loaded = newest;
        }
    }

    private void serve(int[] tokens, Score score) {
        load();
        ScoredText scored = model.score(context, tokens);
        score.model = bits(scored, tokens);
        if (shards.isEmpty()) {
            return;
        }
        int reach = Math.min(context.length, 32);
        int[] near = Arrays.copyOfRange(context, context.length - reach, context.length);
        var record =
                new MemoryRecord(
                        near, tokens, scored.keys(), loaded.step(), memorised, NOTHING, true);
        var search = new TextSearch(record, setup.memory());
        List<MemoryAnswer> answers = new ArrayList<>();
        for (MemoryShard shard : shards) {
            answers.add(shard.answerThenInsert(search));
        }
        memorised += tokens.length;
        MemoryAnswer answer =
                MemoryAnswer.merge(answers, setup.memory().neighbours(), loaded.step());
        MixedText mixed =
                mixer.mix(
                        near,
                        tokens,
                        ModelPath.of(tree, scored, tokens, NOTHING),
                        answer.neighbours(),
                        answer.contexts(),
                        NOTHING,
                        true);
        score.modelAndNeighbours = Arrays.stream(mixed.modelAndNeighbours()).sum();
        score.contexts = Arrays.stream(mixed.contexts()).sum();
        score.all = Arrays.stream(mixed.all()).sum();
    }

    private void learn(TextStream.Text text, int[] tokens, Score score) {
        var record =
                new TokenizedText(text.source(), text.sequence(), text.eventTimeMillis(), tokens);
        for (TextBatch batch : cutter.add(record)) {
            StepReport report = learner.step(batch);
            if (!report.applied()) {
                throw new IllegalStateException(report.refusal());
            }
            score.learned += report.items();
            score.learner += report.lossBeforeLearning() / LN_2;
            if (report.step() >= newest.step() + setup.publishEvery()) {
                newest = learner.publish();
            }
        }
    }

    private int[] tail(int[] tokens) {
        int limit = Math.max(setup.model().window() - 1, 32);
        int[] all = Arrays.copyOf(context, context.length + tokens.length);
        System.arraycopy(tokens, 0, all, context.length, tokens.length);
        return Arrays.copyOfRange(all, Math.max(0, all.length - limit), all.length);
    }

    private static double bits(ScoredText scored, int[] tokens) {
        return scored.nats(tokens) / LN_2;
    }

    /** Seconds spent in learning, publishing included. */
    double learnSeconds() {
        return learnNanos / 1e9;
    }

    /** Seconds spent in answering: model, memory and mixture. */
    double serveSeconds() {
        return serveNanos / 1e9;
    }

    @Override
    public void close() {
        learner.close();
        model.close();
        shards.forEach(MemoryShard::close);
    }
}
