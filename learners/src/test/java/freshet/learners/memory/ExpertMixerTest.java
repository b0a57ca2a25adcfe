package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Saved;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpertMixerTest {

    private static final int SIZE = 64;
    private static final ExpertMixer.Config CONFIG = ExpertMixer.Config.defaults();
    private static final ExpertMixer.Config SAVED_CONFIG =
            new ExpertMixer.Config(0.03f, 0.003f, 5000, 0.002f, 0.5f, 0.02f);
    private final VocabularyTree tree = Texts.tree(SIZE);
    private final int[] text = Texts.phrases(SIZE, 4000, 11);
    private final int[] everyToken = IntStream.range(0, SIZE).toArray();

    @Test
    void probabilitiesOfAllTokensSumToOneOnEveryMixedLine() {
        var run = new Run();
        run.through(0, 600);

        double neighbours = 0;
        double contexts = 0;
        double all = 0;
        for (int token : everyToken) {
            int[] next = Arrays.copyOf(text, 601);
            next[600] = token;
            MixedText mixed = run.score(next, 600, 601, everyToken, false);
            neighbours += Math.pow(2, -mixed.modelAndNeighbours()[0]);
            contexts += Math.pow(2, -mixed.contexts()[0]);
            all += Math.pow(2, -mixed.all()[0]);
        }

        assertThat(neighbours).isCloseTo(1, within(1e-9));
        assertThat(contexts).isCloseTo(1, within(1e-9));
        assertThat(all).isCloseTo(1, within(1e-9));
    }

    @Test
    void theNextTokensAreThoseThatScoreBestAndWithThatProbability() {
        var run = new Run();
        run.through(0, 600);
        var next = run.score(text, 590, 600, everyToken, false).next();

        assertThat(next).hasSize(5);
        assertThat(next.get(0).probability()).isGreaterThanOrEqualTo(next.get(4).probability());
        for (MixedText.NextToken candidate : next) {
            int[] followed = Arrays.copyOf(text, 601);
            followed[600] = candidate.token();
            double bits = run.score(followed, 590, 601, everyToken, false).all()[10];
            assertThat(Math.pow(2, -bits)).isCloseTo(candidate.probability(), within(1e-12));
        }
    }

    @Test
    void scoringWithoutLearningLeavesNoTrace() {
        var run = new Run();
        run.through(0, 300);
        byte[] before = run.mixer.snapshot();

        run.score(text, 300, 400, everyToken, false);

        assertThat(run.mixer.snapshot()).isEqualTo(before);
    }

    @Test
    void scoringWithTheVeryFirstNeighboursLeavesNoTraceEither() {
        var run = new Run();
        byte[] before = run.mixer.snapshot();

        run.score(text, 0, 100, everyToken, false);

        assertThat(Arrays.equals(run.mixer.snapshot(), before)).isTrue();
    }

    @Test
    void continuesFromASnapshotBitForBit() {
        var run = new Run();
        run.through(0, 900);
        var copy = new ExpertMixer(tree, CONFIG);
        copy.restore(run.mixer.snapshot());

        MixedText original = run.score(text, 900, 1000, everyToken, true);
        run.seed--;
        ExpertMixer first = run.mixer;
        run.mixer = copy;
        MixedText continued = run.scoreAgain(900, 1000, everyToken);

        assertThat(continued).usingRecursiveComparison().isEqualTo(original);
        assertThat(copy.snapshot()).isEqualTo(first.snapshot());
    }

    @Test
    void learnsTextThatRepeatsItself() {
        var run = new Run();
        double early = mean(run.through(0, 400).contexts());
        run.through(400, 3600);
        double late = mean(run.through(3600, 4000).contexts());

        assertThat(early).isGreaterThan(4);
        assertThat(late).isLessThan(3);
    }

    @Test
    void uselessModelsAndNeighboursAreOutweighed() {
        var run = new Run();
        run.through(0, 3600);
        MixedText late = run.through(3600, 4000);

        assertThat(mean(late.model())).isGreaterThan(7);
        assertThat(mean(late.all())).isLessThan(1.1 * mean(late.contexts()));
        assertThat(late.contextShare()).isGreaterThan(0.5);
        assertThat(late.modelShare() + late.neighbourShare() + late.contextShare())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void anEmptyMemoryLeavesTheModelsProbabilityBitForBit() {
        var mixer = new ExpertMixer(tree, CONFIG);
        int[] tokens = Arrays.copyOf(text, 40);
        ModelPath path = ModelPath.of(tree, ModelPathTest.scored(SIZE, 41, 5), tokens, everyToken);
        NeighbourLists nothing = NeighbourLists.empty(41, 4);

        for (int pass = 0; pass < 3; pass++) {
            MixedText mixed = mixer.mix(new int[0], tokens, path, nothing, null, everyToken, true);

            assertThat(mixed.modelAndNeighbours()).isEqualTo(mixed.model());
        }
    }

    @Test
    void theModelsOwnLineIsItsLogProbabilityUntouched() {
        var run = new Run();
        ModelPath path =
                ModelPath.of(
                        tree,
                        ModelPathTest.scored(SIZE, 11, run.seed),
                        run.tokens(0, 10),
                        everyToken);

        MixedText mixed = run.score(text, 0, 10, everyToken, true);

        for (int i = 0; i < 10; i++) {
            assertThat(mixed.model()[i])
                    .isCloseTo(-path.logProbabilities()[i] / Math.log(2), within(1e-12));
        }
    }

    @Test
    void worksWithoutModelOrContexts() {
        var mixer = new ExpertMixer(tree, CONFIG);
        var shard = new ContextShard(0, 1, 16, tree);
        int[] none = {};
        int[] tokens = Arrays.copyOf(text, 50);
        ContextAnswer contexts = shard.answerThenInsert(Texts.record(text, 0, 50, none, true));
        ModelPath model = ModelPath.of(tree, ModelPathTest.scored(SIZE, 51, 1), tokens, none);

        MixedText alone = mixer.mix(none, tokens, null, null, contexts, none, true);
        MixedText without = mixer.mix(none, tokens, model, null, null, none, true);

        assertThat(alone.model()).containsOnly(Double.NaN);
        assertThat(alone.all()).isEqualTo(alone.contexts());
        assertThat(without.contexts()).containsOnly(Double.NaN);
        assertThat(without.all()).isEqualTo(without.modelAndNeighbours());
    }

    /**
     * A mixer over 8 tokens that has learned 100 from contexts alone: what v3 and v4 were saved
     * from.
     */
    static ExpertMixer savedMixer() {
        VocabularyTree few = Texts.tree(8);
        var mixer = new ExpertMixer(few, SAVED_CONFIG);
        mixSaved(mixer, 0, 100);
        return mixer;
    }

    private static MixedText mixSaved(ExpertMixer mixer, int from, int to) {
        int[] phrases = Texts.phrases(8, 200, 3);
        MemoryRecord record = Texts.record(phrases, from, to, new int[] {1}, true);
        var shard = new ContextShard(0, 1, 12, Texts.tree(8));
        return mixer.mix(
                record.context(),
                record.tokens(),
                null,
                null,
                shard.answerThenInsert(record),
                record.candidates(),
                true);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void readsASnapshotOfFormat(int format) {
        byte[] saved = Saved.bytes("v%d/mixer.gz".formatted(format));
        var mixer = new ExpertMixer(Texts.tree(8), SAVED_CONFIG);
        var fresh = new ExpertMixer(Texts.tree(8), SAVED_CONFIG);
        mixer.restore(saved);
        assertThat(Arrays.equals(mixer.snapshot(), Saved.bytes("v4/mixer.gz"))).isTrue();

        // It kept what it had learned: the next phrases cost it less than a mixer that starts.
        assertThat(mean(mixSaved(mixer, 100, 200).contexts()))
                .isLessThan(mean(mixSaved(fresh, 100, 200).contexts()));
    }

    @Test
    void aSnapshotHoldsLittleMoreThanWhatHasChanged() {
        int untouched = new ExpertMixer(Texts.tree(8), SAVED_CONFIG).snapshot().length;
        int learned = savedMixer().snapshot().length;
        int dense = Saved.bytes("v3/mixer.gz").length;
        assertThat(untouched).isLessThan(dense / 20); // one bit of 32 for each value
        assertThat(learned).isGreaterThan(untouched).isLessThan(dense / 20);
    }

    @Test
    void refusesASnapshotOfAnotherFormat() {
        var mixer = new ExpertMixer(tree, CONFIG);
        byte[] older = mixer.snapshot();
        older[3] = 2;

        assertThatThrownBy(() -> mixer.restore(older))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("format 3 or 4");
    }

    @Test
    void refusesASnapshotOfAnotherConfiguration() {
        var other = new ExpertMixer(Texts.tree(SIZE + 1), CONFIG);

        assertThatThrownBy(() -> other.restore(new ExpertMixer(tree, CONFIG).snapshot()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65 tokens");
    }

    private static double mean(double[] bits) {
        return Arrays.stream(bits).average().orElseThrow();
    }

    /** A mixer fed by a real shard, and by a model and neighbours that know nothing. */
    private final class Run {
        ExpertMixer mixer = new ExpertMixer(tree, CONFIG);
        final ContextShard shard = new ContextShard(0, 1, 20, tree);
        long seed = 100;
        ContextAnswer latest;

        MixedText through(int from, int to) {
            return score(text, from, to, new int[] {1, 2}, true);
        }

        int[] tokens(int from, int to) {
            return Arrays.copyOfRange(text, from, to);
        }

        MixedText score(int[] of, int from, int to, int[] candidates, boolean learn) {
            MemoryRecord record = Texts.record(of, from, to, candidates, learn);
            latest = shard.answerThenInsert(record);
            return mix(record, learn ? seed++ : seed, learn);
        }

        MixedText scoreAgain(int from, int to, int[] candidates) {
            return mix(Texts.record(text, from, to, candidates, true), seed, true);
        }

        private MixedText mix(MemoryRecord record, long of, boolean learn) {
            int n = record.tokens().length;
            // rows of one seed are the same however many are asked for
            ModelPath model =
                    ModelPath.of(
                            tree,
                            ModelPathTest.scored(SIZE, n + 1, of),
                            record.tokens(),
                            record.candidates());
            return mixer.mix(
                    record.context(),
                    record.tokens(),
                    model,
                    neighbours(n + 1, of),
                    latest,
                    record.candidates(),
                    learn);
        }

        private NeighbourLists neighbours(int rows, long of) {
            var random = new Random(of);
            int k = 6;
            int[] tokens = new int[rows * k];
            float[] distances = new float[rows * k];
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < k; i++) {
                    tokens[row * k + i] = random.nextInt(SIZE);
                    distances[row * k + i] = 1 + i + random.nextFloat();
                }
            }
            return new NeighbourLists(
                    rows, k, tokens, distances, new long[rows * k], new long[rows * k]);
        }
    }
}
