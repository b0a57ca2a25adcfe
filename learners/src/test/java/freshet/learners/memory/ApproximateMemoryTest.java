package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.Saved;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The memory that looks along graphs, against all keys measured; needs no tensor engine. */
class ApproximateMemoryTest {

    private static final int WIDTH = 16;
    private static final int K = 8;
    private static final int TEXT = 50;
    private static final int VOCABULARY = 40;

    private final VocabularyTree tree = Texts.tree(VOCABULARY);

    @Test
    void findsNearlyAllOfTheNearestAndMeasuresThemExactly() {
        List<MemoryRecord> stream = stream(60, 1); // 3,000 keys, none forgotten
        var known = new TreeMap<Long, float[]>();
        int found = 0;
        int wanted = 0;
        try (var shard = shard(0, config(1, 4_000))) {
            for (MemoryRecord record : stream) {
                NeighbourLists lists = answer(shard, record);
                for (int row = 0; row <= TEXT; row++) {
                    float[] asked = key(record, row);
                    long now = record.firstPosition() + row;
                    double[] all =
                            known.headMap(now).values().stream()
                                    .mapToDouble(key -> squaredDistance(asked, key))
                                    .sorted()
                                    .limit(K)
                                    .toArray();
                    wanted += all.length;
                    for (int at = row * K; at < (row + 1) * K; at++) {
                        if (lists.tokens()[at] < 0) {
                            continue;
                        }
                        long position = lists.positions()[at];
                        assertThat(position).isLessThan(now);
                        float distance = (float) squaredDistance(asked, known.get(position));
                        assertThat(lists.squaredDistances()[at]).isEqualTo(distance);
                        found += distance <= (float) all[all.length - 1] ? 1 : 0;
                    }
                    if (row < TEXT) {
                        known.put(now, asked);
                    }
                }
            }
        }
        // Of 16 random dimensions, which is hard; K = 8 of some hundred keys looked at.
        assertThat((double) found / wanted).isBetween(0.9, 1.0);
    }

    @Test
    void asFewKeysAsAGraphLinksDirectlyAreAllFound() {
        List<MemoryRecord> stream = stream(4, 2);
        MemoryConfig config = config(3, 6_000);
        try (var shard = shard(2, config)) {
            stream.forEach(record -> answer(shard, record));
            // 66 keys of this shard, 8 of which are asked for
            NeighbourLists lists = answer(shard, asking(stream.get(1)));
            for (int row = 0; row < TEXT; row++) {
                if ((stream.get(1).firstPosition() + row) % 3 == 2) {
                    assertThat(lists.squaredDistances()[row * K]).isZero();
                }
            }
        }
    }

    @Test
    void forgetsTheOldestGenerationWhenTheNextBegins() {
        MemoryConfig config = config(1, 400); // generations of 200
        try (var shard = shard(0, config)) {
            List<MemoryRecord> stream = stream(9, 3);
            stream.subList(0, 8).forEach(record -> answer(shard, record));
            // 400 keys fill the ring and nothing is forgotten.
            assertThat(positionsFound(shard, stream.get(0))).contains(0L, 49L);
            answer(shard, stream.get(8));
            assertThat(positionsFound(shard, stream.get(0))).allMatch(p -> p >= 200 && p < 450);
            assertThat(positionsFound(shard, stream.get(4))).contains(200L, 249L);
            MemoryAnswer answer =
                    shard.answerThenInsert(new TextSearch(asking(stream.get(0)), config));
            assertThat(answer.measurements().get(0).sum()).isEqualTo(250);
            assertThat(answer.measurements().get(1).sum()).isEqualTo(200);
        }
    }

    @Test
    void continuesFromItsPagesBitForBitWhereverItStopped() {
        // Generations of 605 keys, 12.1 texts, restarts every fourth text: at all their stages.
        MemoryConfig config = config(1, 1_210);
        List<MemoryRecord> stream = stream(70, 4);
        var saved = new TreeMap<Integer, byte[]>();
        try (var straight = shard(0, config)) {
            var resumed = shard(0, config);
            for (int i = 0; i < stream.size(); i++) {
                assertThat(bytes(resumed, stream.get(i)))
                        .as("text %d", i)
                        .isEqualTo(bytes(straight, stream.get(i)));
                if (i % 4 == 3) {
                    SortedMap<Integer, byte[]> changed = straight.changedPages();
                    assertThat(Pages.contents(resumed.changedPages()))
                            .isEqualTo(Pages.contents(changed));
                    saved.putAll(changed);
                    resumed.close();
                    resumed = shard(0, config);
                    resumed.restore(saved);
                }
            }
            resumed.close();
        }
    }

    @Test
    void graphsThatWereSavedAndGraphsGrownAgainFromTheirKeysAnswerAlike() {
        MemoryConfig config = config(1, 1_000);
        List<MemoryRecord> stream = stream(40, 5);
        try (var first = shard(0, config);
                var fromGraphs = shard(0, config);
                var fromKeys = shard(0, config)) {
            stream.subList(0, 30).forEach(record -> answer(first, record));
            SortedMap<Integer, byte[]> pages = first.changedPages();
            fromGraphs.restore(pages);
            SortedMap<Integer, byte[]> keysAlone = new TreeMap<>(pages);
            assertThat(keysAlone.keySet().removeIf(page -> page >= 1 << 19 && page < 1 << 20))
                    .isTrue();
            fromKeys.restore(keysAlone);
            for (MemoryRecord record : stream.subList(30, 40)) {
                assertThat(bytes(fromKeys, record)).isEqualTo(bytes(fromGraphs, record));
            }
        }
    }

    @Test
    void tasksThatShareASearchAndThoseThatDoNotAgree() {
        MemoryConfig config = config(4, 1_200);
        List<MemoryRecord> stream = stream(40, 6);
        var together = IntStream.range(0, 4).mapToObj(i -> shard(i, config)).toList();
        var apart = IntStream.range(0, 4).mapToObj(i -> shard(i, config)).toList();
        for (MemoryRecord record : stream) {
            var shared = new TextSearch(record, config);
            List<MemoryAnswer> ofOne = new ArrayList<>();
            List<MemoryAnswer> ofMany = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ofOne.add(together.get(i).answerThenInsert(shared));
                ofMany.add(apart.get(i).answerThenInsert(new TextSearch(record, config)));
            }
            assertThat(MemoryAnswer.merge(ofMany, K, 1).toBytes())
                    .isEqualTo(MemoryAnswer.merge(ofOne, K, 1).toBytes());
        }
    }

    @Test
    void copesWithEqualKeysAndWithGenerationsOfOne() {
        for (int capacity : new int[] {1, 3, 5, 40}) {
            MemoryConfig config = config(1, capacity);
            try (var shard = shard(0, config)) {
                float[] same = new float[(TEXT + 1) * WIDTH];
                for (int i = 0; i < 3; i++) {
                    answer(shard, record(same, (long) i * TEXT, true));
                }
                NeighbourLists lists = answer(shard, record(same, 3L * TEXT, false));
                assertThat(lists.squaredDistances()[0]).isZero();
                assertThat(lists.positions()[0]).isBetween(3L * TEXT - capacity, 3L * TEXT - 1);
            }
        }
    }

    /**
     * Shard 1 of 2, in generations of 6, after texts of 24 and 5 tokens whose key at position p is
     * (p, p, ...): what v3 was saved from.
     */
    static SortedMap<Integer, byte[]> savedPages(VocabularyTree tree) {
        try (var shard = new MemoryShard(1, config(2, 24), null, tree)) {
            answer(shard, ascending(0, 24, true));
            answer(shard, ascending(24, 5, true));
            return shard.changedPages();
        }
    }

    /** Position p has key (p, p, ...) and is followed by token p. */
    private static MemoryRecord ascending(int position, int length, boolean memorise) {
        float[] keys = new float[(length + 1) * WIDTH];
        for (int i = 0; i <= length; i++) {
            Arrays.fill(keys, i * WIDTH, (i + 1) * WIDTH, position + i);
        }
        int[] tokens = IntStream.range(position, position + length).toArray();
        return new MemoryRecord(new int[0], tokens, keys, 7, position, new int[] {1, 2}, memorise);
    }

    @Test
    void readsPagesOfFormat3() {
        SortedMap<Integer, byte[]> saved = Saved.pages("v3/memory-pages.gz");
        assertThat(Pages.contents(savedPages(tree))).isEqualTo(Pages.contents(saved));
        try (var shard = new MemoryShard(1, config(2, 24), null, tree)) {
            shard.restore(saved);
            // Odd positions are shard 1's. 12 filled the ring, 25 and 27 began a new generation in
            // place of 1 to 11.
            NeighbourLists lists = answer(shard, ascending(29, 0, false));
            assertThat(lists.positions()).containsExactly(27, 25, 23, 21, 19, 17, 15, 13);
            assertThat(lists.tokens()).containsExactly(27, 25, 23, 21, 19, 17, 15, 13);
            assertThat(Arrays.copyOf(lists.modelVersions(), 8)).containsOnly(7);
            // 16 components: 16 * 2 * 2, 16 * 4 * 4
            assertThat(Arrays.copyOf(lists.squaredDistances(), 2)).containsExactly(64, 256);
        }
    }

    private static MemoryConfig config(int shards, int capacity) {
        return new MemoryConfig(shards, capacity, K, WIDTH, MemorySearch.APPROXIMATE, 10);
    }

    private MemoryShard shard(int shard, MemoryConfig config) {
        return new MemoryShard(shard, config, null, tree);
    }

    private static NeighbourLists answer(MemoryShard shard, MemoryRecord record) {
        return shard.answerThenInsert(new TextSearch(record, config(1, 4))).neighbours();
    }

    private static byte[] bytes(MemoryShard shard, MemoryRecord record) {
        return shard.answerThenInsert(new TextSearch(record, config(1, 4))).toBytes();
    }

    private static List<Long> positionsFound(MemoryShard shard, MemoryRecord record) {
        NeighbourLists lists = answer(shard, asking(record));
        return Arrays.stream(lists.positions())
                .filter(position -> position != Long.MAX_VALUE)
                .boxed()
                .toList();
    }

    private static float[] key(MemoryRecord record, int row) {
        return Arrays.copyOfRange(record.keys(), row * WIDTH, (row + 1) * WIDTH);
    }

    private static double squaredDistance(float[] left, float[] right) {
        return NearestKeys.squaredDistance(left, 0, right, 0, WIDTH);
    }

    /** Texts whose keys lie anywhere in the unit cube. */
    private static List<MemoryRecord> stream(int texts, long seed) {
        var random = new CounterRandom(seed, 0, 0);
        var stream = new ArrayList<MemoryRecord>();
        for (int i = 0; i < texts; i++) {
            float[] keys = new float[(TEXT + 1) * WIDTH];
            for (int d = 0; d < keys.length; d++) {
                keys[d] = random.nextLong(1 << 20) / (float) (1 << 20);
            }
            stream.add(record(keys, (long) i * TEXT, true));
        }
        return stream;
    }

    private static MemoryRecord record(float[] keys, long position, boolean memorise) {
        int[] tokens =
                IntStream.range(0, TEXT).map(i -> (i + (int) position) % VOCABULARY).toArray();
        return new MemoryRecord(new int[0], tokens, keys, 1, position, new int[] {1, 2}, memorise);
    }

    private static MemoryRecord asking(MemoryRecord record) {
        return record(record.keys(), record.firstPosition(), false);
    }
}
