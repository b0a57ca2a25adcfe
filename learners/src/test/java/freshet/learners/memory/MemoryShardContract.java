package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.Measurement;
import freshet.learners.Saved;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The memory of keys and contexts on one engine, against lists made by brute force. */
public abstract class MemoryShardContract {

    private static final int WIDTH = 6;
    private static final int VOCABULARY = 40;
    private static final int K = 5;
    private static final int PAGE_KEYS = 96;
    private static final MemoryConfig SAVED_CONFIG =
            new MemoryConfig(2, 8, K, WIDTH, MemorySearch.EXACT, 10);

    private final VocabularyTree tree = Texts.tree(VOCABULARY);

    protected abstract TensorEngine engine();

    /** A key as the reference remembers it. */
    private record Stored(float[] key, int token, long position, long modelVersion) {}

    @Test
    void answersTheNearestOfTheNewestKeysBeforeEachPosition() {
        MemoryConfig config = config(3, 30);
        List<Stored> memorised = new ArrayList<>();
        try (var memory = new Memory(config)) {
            for (MemoryRecord record : stream(24, 7, 1)) {
                NeighbourLists actual = memory.answer(record).neighbours();
                assertThat(actual)
                        .usingRecursiveComparison()
                        .isEqualTo(bruteForce(record, memorised, config));
                remember(record, memorised);
            }
        }
        assertThat(memorised).hasSizeGreaterThan(2 * config.capacity());
    }

    @Test
    void oneShardAndSevenAgreeOnNeighboursAndProbabilities() {
        var whole = new ExpertMixer(tree, ExpertMixer.Config.defaults());
        var spread = new ExpertMixer(tree, ExpertMixer.Config.defaults());
        // Contexts agree as long as none is evicted, neighbours always.
        try (var one = new Memory(new MemoryConfig(1, 70, K, WIDTH, MemorySearch.EXACT, 20));
                var seven = new Memory(new MemoryConfig(7, 70, K, WIDTH, MemorySearch.EXACT, 20))) {
            for (MemoryRecord record : stream(30, 9, 2)) {
                MemoryAnswer ofOne = one.answer(record);
                MemoryAnswer ofSeven = seven.answer(record);
                assertThat(ofSeven.neighbours())
                        .usingRecursiveComparison()
                        .isEqualTo(ofOne.neighbours());
                assertThat(ofSeven.contexts()).isEqualTo(ofOne.contexts());
                assertThat(mix(spread, record, ofSeven))
                        .usingRecursiveComparison()
                        .isEqualTo(mix(whole, record, ofOne));
            }
        }
    }

    @Test
    void tasksThatShareASearchAndThoseThatDoNotAgree() {
        try (var together = new Memory(config(6, 60));
                var apart = new Memory(config(6, 60))) {
            for (MemoryRecord record : stream(30, 9, 3)) {
                MemoryAnswer ofOneTask = together.answer(record, 1);
                for (int tasks : new int[] {2, 6}) {
                    // Asked again, and not memorised again.
                    MemoryRecord asked = withoutMemorising(record);
                    assertThat(together.answer(asked, tasks))
                            .usingRecursiveComparison()
                            .isEqualTo(together.answer(asked, 1));
                }
                assertThat(apart.answer(record, 6)).usingRecursiveComparison().isEqualTo(ofOneTask);
            }
        }
    }

    @Test
    void equalKeysAreGivenOldestFirstHoweverManyThereAreAndHoweverTheyAreSpread() {
        float[] same = new float[61 * WIDTH];
        Arrays.fill(same, 0.3f);
        int[] tokens = IntStream.range(0, 60).map(i -> i % VOCABULARY).toArray();
        for (int shards : new int[] {1, 7}) {
            try (var memory = new Memory(config(shards, 70))) {
                // 180 equal keys through 70 places: the oldest left is number 110.
                for (int i = 0; i < 3; i++) {
                    memory.answer(record(tokens, same, 1, 60L * i, true));
                }
                NeighbourLists lists =
                        memory.answer(record(new int[] {1}, same, 1, 180, false)).neighbours();
                assertThat(Arrays.copyOf(lists.positions(), K))
                        .as("%d shards", shards)
                        .containsExactly(110, 111, 112, 113, 114);
            }
        }
    }

    @Test
    void aPositionNeverSeesItsOwnTokenOrALaterOne() {
        float[] same = new float[5 * WIDTH];
        try (var memory = new Memory(config(1, 70))) {
            NeighbourLists lists =
                    memory.answer(record(new int[] {3, 1, 4, 1}, same, 1, 0, true)).neighbours();
            assertThat(lists.tokens())
                    .containsExactly(
                            -1, -1, -1, -1, -1, //
                            3, -1, -1, -1, -1, //
                            3, 1, -1, -1, -1, //
                            3, 1, 4, -1, -1, //
                            3, 1, 4, 1, -1);
        }
    }

    @Test
    void memorisesNothingWhenToldNotTo() {
        MemoryRecord told = stream(1, 12, 4).get(0);
        MemoryRecord asked = record(told.tokens(), told.keys(), 1, told.firstPosition(), false);
        try (var shard = new MemoryShard(0, config(1, 70), engine(), tree)) {
            MemoryAnswer first = answer(shard, asked);
            MemoryAnswer again = answer(shard, asked);
            assertThat(first.neighbours().tokens()).containsOnly(-1);
            assertThat(again.toBytes()).isEqualTo(first.toBytes());
            // headers alone
            assertThat(shard.changedPages()).containsOnlyKeys(0, 1 << 20);
        }
    }

    @Test
    void keysCarryTheVersionThatMadeThemAndTheShareOfOlderOnesIsMeasured() {
        List<MemoryRecord> stream = stream(3, 4, 5);
        try (var memory = new Memory(config(1, 70))) {
            memory.answer(withVersion(stream.get(0), 3));
            memory.answer(withVersion(stream.get(1), 8));
            MemoryRecord query = withVersion(stream.get(2), 8);
            MemoryAnswer answer =
                    memory.answer(
                            record(query.tokens(), query.keys(), 8, query.firstPosition(), false));

            NeighbourLists lists = answer.neighbours();
            int stale = 0;
            for (int i = 0; i < lists.tokens().length; i++) {
                boolean old = lists.positions()[i] < 4;
                assertThat(lists.modelVersions()[i]).isEqualTo(old ? 3 : 8);
                stale += old ? 1 : 0;
            }
            // 5 queries with 5 of the 8 keys each
            assertThat(stale).isBetween(5, 20);
            Measurement share = measurement(answer, "memoryStaleShare");
            assertThat(share.count()).isEqualTo(25);
            assertThat(share.sum()).isEqualTo(stale);
            assertThat(measurement(answer, "memoryKeys").sum()).isEqualTo(8);
        }
    }

    @Test
    void staysWithinItsCapacityAndCountsWhatItForgot() {
        try (var memory = new Memory(config(2, 10))) {
            MemoryAnswer last = null;
            for (MemoryRecord record : stream(9, 4, 6)) {
                last = memory.answer(record);
            }
            // measured after the text was memorised: two shards of five, 36 keys came
            assertThat(measurement(last, "memoryKeys").sum()).isEqualTo(10);
            assertThat(measurement(last, "memoryEvictions").sum()).isEqualTo(26);
        }
    }

    @Test
    void aTextLongerThanTheCapacityLeavesItsTail() {
        MemoryRecord text = stream(1, 300, 7).get(0);
        try (var memory = new Memory(config(2, 10))) {
            memory.answer(text);
            MemoryRecord query = stream(1, 3, 8).get(0);
            NeighbourLists lists =
                    memory.answer(record(query.tokens(), query.keys(), 1, 300, false)).neighbours();
            assertThat(Arrays.stream(lists.positions()).boxed())
                    .allMatch(position -> position >= 290 && position < 300);
        }
    }

    @Test
    void continuesFromItsChangedPagesAsIfItHadNotStopped() {
        MemoryConfig config = config(2, 5 * PAGE_KEYS); // two and a half pages a shard
        List<MemoryRecord> stream = stream(60, 11, 9);
        var saved = new TreeMap<Integer, byte[]>();
        try (var straight = new MemoryShard(1, config, engine(), tree);
                var resumed = new MemoryShard(1, config, engine(), tree)) {
            int i = 0;
            for (; i < 40; i++) {
                answer(straight, stream.get(i));
                if (i % 7 == 0) {
                    saved.putAll(straight.changedPages());
                }
            }
            saved.putAll(straight.changedPages());
            resumed.restore(saved);
            for (; i < stream.size(); i++) {
                assertThat(answer(resumed, stream.get(i)).toBytes())
                        .isEqualTo(answer(straight, stream.get(i)).toBytes());
            }
            assertThat(Pages.contents(resumed.changedPages()))
                    .isEqualTo(Pages.contents(straight.changedPages()));
        }
    }

    @Test
    void refusesPagesOfAnotherShardSizeOrFormat() {
        try (var shard = new MemoryShard(0, config(2, 70), engine(), tree);
                var other = new MemoryShard(1, config(2, 70), engine(), tree);
                var smaller = new MemoryShard(0, config(2, 68), engine(), tree);
                var moreShards = new MemoryShard(0, config(4, 140), engine(), tree)) {
            SortedMap<Integer, byte[]> pages = shard.changedPages();
            assertThatThrownBy(() -> other.restore(pages))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("shard 1 of 2 with 35 keys of 6 floats")
                    .hasMessageContaining("shard 0 of 2 with 35 keys of 6 floats");
            assertThatThrownBy(() -> smaller.restore(pages))
                    .hasMessageContaining("34 keys")
                    .hasMessageContaining("memory.capacity");
            assertThatThrownBy(() -> moreShards.restore(pages)).hasMessageContaining("0 of 4");
            pages.get(0)[3] = 9;
            assertThatThrownBy(() -> shard.restore(pages)).hasMessageContaining("format 9");
            assertThatThrownBy(() -> shard.restore(new TreeMap<>()))
                    .hasMessageContaining("format 0");
        }
    }

    /**
     * Shard 1 of 2 after a text of six tokens whose key i is (i, i, ...): what v2 was saved from.
     */
    static SortedMap<Integer, byte[]> savedPages(TensorEngine engine, VocabularyTree tree) {
        try (var shard = new MemoryShard(1, SAVED_CONFIG, engine, tree)) {
            answer(shard, savedText());
            return shard.changedPages();
        }
    }

    private static MemoryRecord savedText() {
        float[] keys = new float[7 * WIDTH];
        for (int i = 0; i < 7; i++) {
            Arrays.fill(keys, i * WIDTH, (i + 1) * WIDTH, i);
        }
        return record(new int[] {10, 11, 12, 13, 14, 15}, keys, 7, 100, true);
    }

    @Test
    void readsPagesOfFormat2() {
        SortedMap<Integer, byte[]> saved = Saved.pages("v2/memory-pages.gz");
        MemoryRecord query = record(new int[0], savedText().keys(), 8, 106, false);
        try (var shard = new MemoryShard(1, SAVED_CONFIG, engine(), tree);
                var fresh = new MemoryShard(1, SAVED_CONFIG, engine(), tree)) {
            shard.restore(saved);
            assertThat(shard.changedPages().keySet()).containsExactly(0, 1 << 20);

            // Odd positions are shard 1's: 101, 103, 105 with keys 1, 3, 5. The query is key 0.
            NeighbourLists lists = answer(shard, query).neighbours();
            assertThat(lists.tokens()).containsExactly(11, 13, 15, -1, -1);
            assertThat(Arrays.copyOf(lists.positions(), 3)).containsExactly(101, 103, 105);
            assertThat(Arrays.copyOf(lists.modelVersions(), 3)).containsOnly(7);
            // 6 components: 6 * 1, 6 * 9, 6 * 25
            assertThat(Arrays.copyOf(lists.squaredDistances(), 3)).containsExactly(6, 54, 150);

            answer(fresh, savedText());
            MemoryRecord again = savedText();
            assertThat(answer(shard, again).contexts()).isEqualTo(answer(fresh, again).contexts());
        }
    }

    @Test
    void searchExactAndAlongGraphsGoOnFromEachOthersPages() {
        MemoryConfig exact = new MemoryConfig(1, 80, K, WIDTH, MemorySearch.EXACT, 10);
        MemoryConfig graphs = new MemoryConfig(1, 80, K, WIDTH, MemorySearch.APPROXIMATE, 10);
        List<MemoryRecord> stream = stream(30, 7, 11);
        var pages = new TreeMap<Integer, byte[]>();
        try (var first = new MemoryShard(0, graphs, engine(), tree);
                var second = new MemoryShard(0, exact, engine(), tree);
                var third = new MemoryShard(0, graphs, engine(), tree);
                var always = new MemoryShard(0, exact, engine(), tree)) {
            stream.subList(0, 20).forEach(record -> answer(first, record));
            pages.putAll(first.changedPages());
            stream.subList(0, 20).forEach(record -> answer(always, record));
            second.restore(pages);
            for (MemoryRecord record : stream.subList(20, 29)) {
                assertThat(answer(second, record).neighbours())
                        .usingRecursiveComparison()
                        .isEqualTo(answer(always, record).neighbours());
            }
            // The graphs that still lie beside the keys are of keys since overwritten.
            pages.putAll(second.changedPages());
            third.restore(pages);
            MemoryRecord asked = withoutMemorising(stream.get(28));
            NeighbourLists lists = answer(third, asked).neighbours();
            for (int row = 0; row < 7; row++) {
                assertThat(lists.squaredDistances()[row * K]).isZero();
            }
        }
    }

    @Test
    void answersSurviveBytes() {
        try (var memory = new Memory(config(3, 30))) {
            for (MemoryRecord record : stream(6, 7, 10)) {
                MemoryAnswer answer = memory.answer(record);
                assertThat(MemoryAnswer.fromBytes(answer.toBytes()))
                        .usingRecursiveComparison()
                        .isEqualTo(answer);
            }
        }
    }

    @Test
    void nativeMemoryGoesWithTheShard() {
        long before = engine().nativeBytes();
        try (var shard = new MemoryShard(0, config(1, 70), engine(), tree)) {
            assertThat(engine().nativeBytes()).isGreaterThanOrEqualTo(before + 70L * WIDTH * 4);
        }
        assertThat(engine().nativeBytes()).isEqualTo(before);
    }

    private static MemoryAnswer answer(MemoryShard shard, MemoryRecord record) {
        return shard.answerThenInsert(new TextSearch(record, config(1, 70)));
    }

    private static MemoryConfig config(int shards, int capacity) {
        return new MemoryConfig(shards, capacity, K, WIDTH, MemorySearch.EXACT, 16);
    }

    /** Texts of {@code length} tokens whose keys lie on a coarse grid, so that some are equal. */
    private static List<MemoryRecord> stream(int texts, int length, long seed) {
        var random = new CounterRandom(seed, 0, 0);
        var stream = new ArrayList<MemoryRecord>();
        for (int i = 0; i < texts; i++) {
            int[] tokens = new int[length];
            for (int t = 0; t < length; t++) {
                tokens[t] = (int) random.nextLong(VOCABULARY);
            }
            float[] keys = new float[(length + 1) * WIDTH];
            for (int d = 0; d < keys.length; d++) {
                keys[d] = random.nextLong(3) - 0.9f;
            }
            stream.add(record(tokens, keys, 1 + i / 5, (long) i * length, true));
        }
        return stream;
    }

    private static MemoryRecord record(
            int[] tokens, float[] keys, long version, long position, boolean memorise) {
        return new MemoryRecord(
                new int[0], tokens, keys, version, position, new int[] {1, 2}, memorise);
    }

    private static MemoryRecord withoutMemorising(MemoryRecord record) {
        return record(
                record.tokens(),
                record.keys(),
                record.modelVersion(),
                record.firstPosition(),
                false);
    }

    private static MemoryRecord withVersion(MemoryRecord record, long version) {
        return record(record.tokens(), record.keys(), version, record.firstPosition(), true);
    }

    private MixedText mix(ExpertMixer mixer, MemoryRecord record, MemoryAnswer answer) {
        int n = record.tokens().length;
        ModelPath model =
                ModelPath.of(
                        tree,
                        ModelPathTest.scored(VOCABULARY, n + 1, record.firstPosition()),
                        record.tokens(),
                        record.candidates());
        return mixer.mix(
                record.context(),
                record.tokens(),
                model,
                answer.neighbours(),
                answer.contexts(),
                record.candidates(),
                true);
    }

    private static Measurement measurement(MemoryAnswer answer, String name) {
        return answer.measurements().stream()
                .filter(point -> point.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void remember(MemoryRecord record, List<Stored> memorised) {
        for (int i = 0; i < record.tokens().length; i++) {
            memorised.add(stored(record, i));
        }
    }

    private static Stored stored(MemoryRecord record, int row) {
        return new Stored(
                Arrays.copyOfRange(record.keys(), row * WIDTH, (row + 1) * WIDTH),
                record.tokens()[row],
                record.firstPosition() + row,
                record.modelVersion());
    }

    private static NeighbourLists bruteForce(
            MemoryRecord record, List<Stored> memorised, MemoryConfig config) {
        int rows = record.tokens().length + 1;
        NeighbourLists lists = NeighbourLists.empty(rows, K);
        int evicted = Math.max(0, memorised.size() - config.capacity());
        for (int row = 0; row < rows; row++) {
            List<Stored> known = new ArrayList<>(memorised.subList(evicted, memorised.size()));
            for (int own = 0; own < row; own++) {
                known.add(stored(record, own));
            }
            float[] query = Arrays.copyOfRange(record.keys(), row * WIDTH, (row + 1) * WIDTH);
            known.sort(
                    Comparator.<Stored>comparingDouble(one -> squaredDistance(query, one.key()))
                            .thenComparingLong(Stored::position));
            for (int place = 0; place < Math.min(K, known.size()); place++) {
                Stored one = known.get(place);
                int at = row * K + place;
                lists.tokens()[at] = one.token();
                lists.squaredDistances()[at] = squaredDistance(query, one.key());
                lists.positions()[at] = one.position();
                lists.modelVersions()[at] = one.modelVersion();
            }
        }
        return lists;
    }

    private static float squaredDistance(float[] left, float[] right) {
        double sum = 0;
        for (int d = 0; d < left.length; d++) {
            sum += ((double) left[d] - right[d]) * ((double) left[d] - right[d]);
        }
        return (float) sum;
    }

    /** All shards of one memory. */
    private final class Memory implements AutoCloseable {
        private final MemoryConfig config;
        private final List<MemoryShard> shards = new ArrayList<>();

        Memory(MemoryConfig config) {
            this.config = config;
            for (int i = 0; i < config.shards(); i++) {
                shards.add(new MemoryShard(i, config, engine(), tree));
            }
        }

        MemoryAnswer answer(MemoryRecord record) {
            return answer(record, 1);
        }

        /** As from so many tasks, each with every so-manieth shard. */
        MemoryAnswer answer(MemoryRecord record, int tasks) {
            List<TextSearch> searches =
                    Stream.generate(() -> new TextSearch(record, config)).limit(tasks).toList();
            List<MemoryAnswer> answers = new ArrayList<>();
            for (int i = 0; i < shards.size(); i++) {
                answers.add(shards.get(i).answerThenInsert(searches.get(i % tasks)));
            }
            return MemoryAnswer.merge(answers, K, record.modelVersion());
        }

        @Override
        public void close() {
            shards.forEach(MemoryShard::close);
        }
    }
}
